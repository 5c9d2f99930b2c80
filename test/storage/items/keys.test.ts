import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../lib/core/time.ts';
import type { ItemKey } from '../../../lib/storage/items/item-table.ts';
import * as keys from '../../../lib/storage/items/keys.ts';

const id = fc.stringMatching(/^[0-9A-Za-z_-]{1,20}$/);
const offset = fc.oneof(fc.maxSafeNat(), fc.nat(100));
const YEAR_9999_MS = 253_402_300_799_999;
const instant = fc.integer({ min: 0, max: YEAR_9999_MS }).map(epochMs);

const alarm = fc.record({ chain: id, dueAtMs: instant, shard: id, first: offset });
const lease = fc.record({ chain: id, shard: id, first: offset });
const segment = fc.record({ log: id, shard: id, base: offset });
const manifest = fc.record({ log: id, shard: id, first: offset });
const retiredShard = fc.record({ incarnation: id, version: fc.nat(), id });

/** Every key of the catalogue, with its inverse and the parts it is made of. */
const catalogue: readonly [string, fc.Arbitrary<{ made: ItemKey; parts: object; read: object }>][] = [
  ['registry', fc.record({ registry: id, name: id }).map((entry) => ({ made: keys.registryKey(entry), parts: entry, read: keys.parseRegistryKey(keys.registryKey(entry)) }))],
  ['definition', id.map((incarnation) => read(keys.definitionKey(incarnation), { incarnation }, keys.parseQueueKey))],
  ['group', id.map((incarnation) => read(keys.groupKey(incarnation), { incarnation }, keys.parseQueueKey))],
  ['retired shard', retiredShard.map((parts) => read(keys.retiredShardKey(parts), parts, keys.parseRetiredShardKey))],
  ['segment', segment.map((parts) => read(keys.segmentKey(parts), parts, keys.parseSegmentKey))],
  ['manifest', manifest.map((parts) => read(keys.manifestKey(parts), parts, keys.parseManifestKey))],
  ['left out', segment.map((parts) => read(keys.leftOutKey(parts), parts, keys.parseLeftOutKey))],
  ['lease', lease.map((parts) => read(keys.leaseKey(parts), parts, keys.parseLeaseKey))],
  ['head', fc.record({ chain: id, shard: id }).map((parts) => read(keys.headKey(parts), parts, keys.parseHeadKey))],
  ['alarm', alarm.map((parts) => read(keys.alarmKey(parts), parts, keys.parseAlarmKey))],
  ['redrive', fc.record({ incarnation: id, redriveId: id }).map((parts) => read(keys.redriveKey(parts), parts, keys.parseRedriveKey))],
  ['replay', fc.record({ incarnation: id, replayId: id }).map((parts) => read(keys.replayKey(parts), parts, keys.parseReplayKey))],
  ['age watch', id.map((incarnation) => read(keys.ageWatchKey({ incarnation }), { incarnation }, keys.parseAgeWatchKey))],
  ['push', id.map((incarnation) => read(keys.pushKey({ incarnation }), { incarnation }, keys.parsePushKey))],
  ['intent', fc.record({ incarnation: id, idempotencyKey: fc.string({ minLength: 1, maxLength: 128 }) })
    .map((parts) => read(keys.intentKey(parts), parts, keys.parseIntentKey))],
  ['access key', id.map((key) => read(keys.accessKeyKey({ id: key }), { id: key }, keys.parseAccessKeyKey))],
  ['secret', id.map((name) => read(keys.secretKey(name), { name }, keys.parseSecretKey))],
];

function read<T extends object>(made: ItemKey, parts: T, parse: (key: ItemKey) => object) {
  return { made, parts, read: parse(made) };
}

describe('keys', () => {
  it.each(catalogue)('reads back a key: %s', (_, arbitrary) => {
    fc.assert(fc.property(arbitrary, ({ parts, read }) => { expect(read).toEqual(parts); }));
  });

  it.each(catalogue)('shares no key with another kind: %s', (kind, arbitrary) => {
    const others = catalogue.filter(([other]) => other !== kind).map(([, other]) => other);
    fc.assert(fc.property(arbitrary, fc.oneof(...others), (one, other) => { expect(one.made).not.toEqual(other.made); }));
  });

  it('refuses to read a key of another kind', () => {
    const leaseKey = keys.leaseKey({ chain: 'c', shard: 's', first: 0 });
    expect(() => keys.parseSegmentKey(leaseKey)).toThrow('not a key of that kind');
    expect(() => keys.parseHeadKey(leaseKey)).toThrow('not a key of that kind');
    expect(() => keys.parseLeaseKey(keys.headKey({ chain: 'c', shard: 's' }))).toThrow('not a key of that kind');
  });
});

const compared = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));

describe('order', () => {
  it('of padded numbers is the order of numbers', () => {
    fc.assert(fc.property(offset, offset, (a, b) => {
      expect(compared(keys.padded(a), keys.padded(b))).toBe(compared(a, b));
    }));
    expect(keys.padded(Number.MAX_SAFE_INTEGER)).toHaveLength(keys.padded(0).length);
  });

  it('of alarms is by due time first', () => {
    fc.assert(fc.property(alarm, alarm, (a, b) => {
      fc.pre(a.dueAtMs !== b.dueAtMs);
      expect(compared(keys.alarmKey(a).sk, keys.alarmKey(b).sk)).toBe(compared(a.dueAtMs, b.dueAtMs));
    }));
  });

  it('of retired shards is by version first', () => {
    fc.assert(fc.property(retiredShard, retiredShard, (a, b) => {
      fc.pre(a.version !== b.version);
      expect(compared(keys.retiredShardKey(a).sk, keys.retiredShardKey(b).sk)).toBe(compared(a.version, b.version));
    }));
  });
});

const holds = ({ from, until }: { from: string; until: string }, { sk }: ItemKey): boolean => from <= sk && sk <= until;

describe('ranges', () => {
  it('of alarms hold those from one on that are due within, and no others', () => {
    fc.assert(fc.property(alarm, instant, instant, (parts, fromMs, untilMs) => {
      const from = { ...parts, dueAtMs: fromMs };
      const isWithin = fromMs <= parts.dueAtMs && parts.dueAtMs <= untilMs;
      expect(holds(keys.alarmRange(parts.chain, { from, untilMs }), keys.alarmKey(parts))).toBe(isWithin);
      expect(holds(keys.alarmRange(parts.chain, { from: { ...parts, first: parts.first + 1 } }), keys.alarmKey(parts))).toBe(false);
      expect(holds(keys.alarmRange(parts.chain, {}), keys.alarmKey(parts))).toBe(true);
    }));
  });

  it('of segments hold segments and no manifest, and the other way round', () => {
    fc.assert(fc.property(segment, offset, (parts, first) => {
      const manifestKey = keys.manifestKey({ ...parts, first });
      expect(holds(keys.segmentRange(parts, {}), keys.segmentKey(parts))).toBe(true);
      expect(holds(keys.segmentRange(parts, {}), manifestKey)).toBe(false);
      expect(holds(keys.manifestRange(parts, {}), manifestKey)).toBe(true);
      expect(holds(keys.manifestRange(parts, { from: first, until: first }), manifestKey)).toBe(true);
      expect(holds(keys.manifestRange(parts, {}), keys.segmentKey(parts))).toBe(false);
    }));
  });

  it('of leases hold leases, and not the head', () => {
    fc.assert(fc.property(lease, (parts) => {
      expect(holds(keys.leaseRange(parts, {}), keys.leaseKey(parts))).toBe(true);
      expect(holds(keys.leaseRange(parts, { until: parts.first }), keys.leaseKey(parts))).toBe(true);
      expect(holds(keys.leaseRange(parts, {}), keys.headKey(parts))).toBe(false);
    }));
  });

  it('of names hold every name with the prefix, and no other', () => {
    fc.assert(fc.property(id, id, (prefix, name) => {
      expect(holds(keys.registryRange('queue', prefix), keys.registryKey({ registry: 'queue', name: `${prefix}${name}` }))).toBe(true);
      expect(holds(keys.registryRange('queue', prefix), keys.registryKey({ registry: 'queue', name }))).toBe(name.startsWith(prefix));
      expect(holds(keys.registryRange('queue', ''), keys.registryKey({ registry: 'queue', name }))).toBe(true);
    }));
  });

  it('of a view hold definition and group, and no retired shard', () => {
    fc.assert(fc.property(retiredShard, (parts) => {
      const range = keys.viewRange(parts.incarnation);
      expect([keys.definitionKey(parts.incarnation), keys.groupKey(parts.incarnation), keys.retiredShardKey(parts)].map((key) => holds(range, key)))
        .toEqual([true, true, false]);
    }));
  });
});
