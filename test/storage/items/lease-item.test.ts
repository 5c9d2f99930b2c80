import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hold, Lease } from '../../../lib/core/ports/lease-table.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { leaseFromItem, leaseToItem } from '../../../lib/storage/items/lease-item.ts';

const id = fc.stringMatching(/^[0-9a-z]{1,14}$/);
const offset = fc.maxSafeNat();
const instant = fc.integer({ min: 0, max: 253_402_300_799_999 }).map(epochMs);
const position = fc.nat(999);
const ascending = (positions: readonly number[]) => positions.toSorted((a, b) => a - b);

const range: fc.Arbitrary<Hold['held']> = fc.tuple(position, fc.integer({ min: 1, max: 1000 }))
  .map(([from, count]) => ({ kind: 'range', from, end: from + count }));
const set: fc.Arbitrary<Hold['held']> = fc.uniqueArray(position, { minLength: 1, maxLength: 64 })
  .map((positions) => ({ kind: 'set', positions: ascending(positions) }));
const hold = (held: fc.Arbitrary<Hold['held']>): fc.Arbitrary<Hold> =>
  fc.record({ leaseId: id, held, dueAtMs: instant, receiveCount: fc.nat(10_000), firstReceivedAtMs: instant });

/** As they are read back: the range first, then the sets by lease id. */
const holds = fc.tuple(fc.option(hold(range), { nil: undefined }), fc.uniqueArray(hold(set), { maxLength: 8, selector: (one) => one.leaseId }))
  .map(([whole, parts]) => {
    const others = parts.filter((part) => part.leaseId !== whole?.leaseId).toSorted((a, b) => (a.leaseId < b.leaseId ? -1 : 1));
    return (whole ? [whole] : []).concat(others);
  });

const lease: fc.Arbitrary<Lease> = fc.record({
  chain: id, shard: id, first: offset, end: offset, segmentBase: offset, endBase: offset, bornAtMs: instant, ageMs: fc.nat(), writeId: id, holds,
  deadLettered: fc.uniqueArray(position).map(ascending), removableAtMs: fc.nat().map((seconds) => epochMs(seconds * 1000)), alarmDueAtMs: instant,
}, { requiredKeys: ['chain', 'shard', 'first', 'end', 'segmentBase', 'endBase', 'bornAtMs', 'ageMs', 'writeId', 'holds', 'deadLettered', 'removableAtMs'] });

const holdOf = (leaseId: string, held: Hold['held']): Hold => ({ leaseId, held, dueAtMs: epochMs(5), receiveCount: 1, firstReceivedAtMs: epochMs(4) });

describe('lease item', () => {
  it('reads back every lease', () => {
    fc.assert(fc.property(lease, (written) => { expect(leaseFromItem(leaseToItem(written))).toEqual(written); }));
  });

  const base: Lease = {
    chain: 'c', shard: 's', first: 0, end: 9, segmentBase: 0, endBase: 9, bornAtMs: epochMs(1), ageMs: 0, writeId: 'w', holds: [],
    deadLettered: [], removableAtMs: epochMs(1000),
  };

  it('takes no notice of what a vanished hold left behind', () => {
    const item = leaseToItem({ ...base, holds: [holdOf('a', { kind: 'set', positions: [1] })] });
    expect(leaseFromItem({ ...item, k_a: undefined }).holds).toEqual([]);
  });

  it('does not write a hold of nothing', () => {
    const empty = [holdOf('a', { kind: 'set', positions: [] }), holdOf('b', { kind: 'range', from: 3, end: 3 })];
    expect(leaseToItem({ ...base, holds: empty })).toEqual(leaseToItem(base));
  });

  it('refuses what it could not read back: two holds of one id, or two ranges', () => {
    const twice = [holdOf('a', { kind: 'set', positions: [1] }), holdOf('a', { kind: 'set', positions: [2] })];
    const ranges = [holdOf('a', { kind: 'range', from: 0, end: 1 }), holdOf('b', { kind: 'range', from: 1, end: 2 })];
    expect(() => leaseToItem({ ...base, holds: twice })).toThrow('a lease id has one hold');
    expect(() => leaseToItem({ ...base, holds: ranges })).toThrow('one hold that is a range');
  });

  it('rounds the time of removal up, never down', () => {
    expect(leaseToItem({ ...base, removableAtMs: epochMs(1001) })['ttl']).toBe(2);
  });

  it('refuses to guess at a damaged item', () => {
    expect(() => leaseFromItem({ ...leaseToItem(base), e: 'nine' })).toThrow(/attribute e of item .* is of another kind/);
    expect(() => leaseFromItem({ ...leaseToItem(base), w: undefined })).toThrow(/attribute w of item .* is missing/);
  });
});
