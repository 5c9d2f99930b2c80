import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppendIntent, JobTable, RedriveJob } from '../../lib/core/ports/job-table.ts';
import { type Alarm, type Hold, type Lease, type LeaseTable, UNRECEIVED } from '../../lib/core/ports/lease-table.ts';
import type { LogTable, Segment } from '../../lib/core/ports/log-table.ts';
import type { Definition, Group, QueueTable, RetiredShard } from '../../lib/core/ports/queue-table.ts';
import { queueDefaults } from '../../lib/core/limits.ts';
import { epochMs, msAfter } from '../../lib/core/time.ts';
import { system } from '../../lib/platform/system.ts';
import { jobTable } from '../../lib/storage/items/job-table.ts';
import { leaseTable } from '../../lib/storage/items/lease-table.ts';
import { logTable } from '../../lib/storage/items/log-table.ts';
import { queueTable } from '../../lib/storage/items/queue-table.ts';
import type { OpenTable, TableEngine } from '../support/table-engines.ts';

const nowMs = epochMs(1_700_000_000_123);
const removableAtMs = epochMs(1_900_000_000_000);
const id = system.newId;

/** What the domain's tables must do, on every engine. */
export function messageTablesContract(engine: TableEngine): void {
  describe.skipIf(engine.missing !== undefined)(`message tables: ${engine.name}${engine.missing ? ` (${engine.missing})` : ''}`, () => {
    let opened: OpenTable;
    beforeAll(async () => { opened = await engine.open(); });
    afterAll(async () => { await opened.close(); });

    describe('log', () => logContract(() => logTable(opened.table)));
    describe('leases', () => leaseContract(() => leaseTable(opened.table)));
    describe('settlements', () => settlementContract(() => leaseTable(opened.table)));
    describe('cursors and alarms', () => alarmContract(() => leaseTable(opened.table)));
    describe('queues', () => queueContract(() => queueTable(opened.table)));
    describe('jobs', () => jobContract(() => jobTable(opened.table)));
    describe('cost', () => costContract(() => opened));
  });
}

const segmentOf = (more: Partial<Segment> = {}): Segment => ({
  log: id(), shard: id(), base: 0, count: 3, enqueuedAtMs: nowMs, appendId: id(), retentionSeconds: 345_600, removableAtMs,
  body: { kind: 'inline', packed: Uint8Array.of(0, 1, 2) }, ...more,
});

function logContract(log: () => LogTable): void {
  it.each<[string, Partial<Segment>]>([
    ['packed bodies', {}],
    ['delayed messages', { lastDueAtMs: msAfter(nowMs, 9) }],
    ['an object', { body: { kind: 'object', objectKey: 'segments/5d/a/b', packedBytes: 70_000 } }],
    ['a seal', { count: 0, body: { kind: 'seal', reason: 'purged' } }],
  ])('reads back a segment with %s', async (_, more) => {
    const segment = segmentOf(more);
    expect(await log().putSegment(segment)).toEqual({ kind: 'landed' });
    expect(await log().lastSegment(segment)).toEqual(segment);
  });

  it('refuses a second segment at the same base, and recognises its own', async () => {
    const segment = segmentOf();
    await log().putSegment(segment);
    expect(await log().putSegment({ ...segment, appendId: id(), count: 9 })).toEqual({ kind: 'refused', found: segment });
    expect(await log().putSegment(segment)).toEqual({ kind: 'landed', found: segment });
  });

  it('finds segments by order, by offset and at the end', async () => {
    const { log: logId, shard } = segmentOf();
    const segments = [0, 3, 40, 1300].map((base) => segmentOf({ log: logId, shard, base }));
    for (const segment of segments) await log().putSegment(segment);
    const range = { log: logId, shard, limit: 10, consistent: true };
    expect(await log().listSegments({ ...range, from: 3 })).toEqual(segments.slice(1));
    expect(await log().listSegments({ ...range, from: 4, limit: 1 })).toEqual([segments[2]]);
    expect(await log().listSegments({ ...range, from: 3, before: 40 })).toEqual([segments[1]]);
    expect(await log().listSegments({ ...range, from: 0, before: 0 })).toEqual([]);
    expect(await log().lastSegment({ log: logId, shard })).toEqual(segments[3]);
    expect(await log().segmentAt({ log: logId, shard }, 39)).toEqual(segments[1]);
    expect(await log().segmentAt({ log: logId, shard }, 40)).toEqual(segments[2]);
    expect(await log().segmentAt({ log: logId, shard: id() }, 40)).toBeUndefined();
    expect(await log().lastSegment({ log: logId, shard: id() })).toBeUndefined();
  });
}

const holdOf = (leaseId: string, held: Hold['held']): Hold => ({
  leaseId, held, dueAtMs: msAfter(nowMs, 30_000), receiveCount: 2, firstReceivedAtMs: nowMs,
});

const wholly = { kind: 'range', from: 0, end: 10 } as const;
const some = (...positions: number[]) => ({ kind: 'set', positions }) as const;

const leaseOf = (more: Partial<Lease> = {}): Lease => ({
  chain: id(), shard: id(), first: 7, end: 17, segmentBase: 5, endBase: 15, bornAtMs: nowMs, ageMs: 12, writeId: id(),
  holds: [holdOf('x1', wholly)], deadLettered: [], removableAtMs, ...more,
});

function leaseContract(leases: () => LeaseTable): void {
  it.each<[string, Partial<Lease>]>([
    ['held whole', {}],
    ['held in part, by several', { holds: [holdOf('a', some(1, 2)), holdOf('b', some(0, 9))], deadLettered: [3, 4] }],
    ['held whole beside parts', { holds: [holdOf('x', { kind: 'range', from: 2, end: 5 }), holdOf('a', some(1))] }],
    ['that nobody received yet', { holds: [{ ...holdOf(UNRECEIVED, some(0)), receiveCount: 0 }], alarmDueAtMs: nowMs }],
    ['with all settled', { holds: [], endBase: 17 }],
  ])('reads back a lease %s', async (_, more) => {
    const lease = leaseOf(more);
    expect(await leases().putLease(lease)).toEqual({ kind: 'landed' });
    expect(await leases().readLease(lease)).toEqual(lease);
  });

  it('lets the first lease at an offset win, and shows it to the second', async () => {
    const lease = leaseOf();
    await leases().putLease(lease);
    expect(await leases().putLease({ ...lease, writeId: id(), end: 12 })).toEqual({ kind: 'refused', found: lease });
    expect(await leases().putLease(lease)).toEqual({ kind: 'landed', found: lease });
  });

  it('replaces only the lease that was seen, and recognises its own replacement', async () => {
    const seen = leaseOf();
    const next = { ...seen, writeId: id(), holds: [holdOf('y', some(1))] };
    expect(await leases().replaceLease(next, seen.writeId)).toEqual({ kind: 'refused', found: undefined });
    await leases().putLease(seen);
    expect(await leases().replaceLease(next, seen.writeId)).toEqual({ kind: 'landed' });
    expect(await leases().replaceLease(next, seen.writeId)).toEqual({ kind: 'landed' });
    expect(await leases().replaceLease({ ...next, writeId: id() }, seen.writeId)).toEqual({ kind: 'refused', found: next });
  });

  it('lists leases in order, and finds the last at or below an offset, whatever else the chain has', async () => {
    const { chain, shard } = leaseOf();
    const all = [0, 8, 300].map((first) => leaseOf({ chain, shard, first, end: first + 5 }));
    for (const lease of all) await leases().putLease(lease);
    await leases().raiseLow(chain, shard, 8, removableAtMs);
    await leases().putAlarm(alarmOf({ chain, shard }));
    const range = { chain, shard, limit: 10, consistent: true };
    expect(await leases().listLeases({ ...range, from: 1 })).toEqual(all.slice(1));
    expect(await leases().listLeases({ ...range, from: 0, limit: 1, consistent: false })).toEqual(all.slice(0, 1));
    expect(await leases().lastLease(chain, shard)).toEqual(all[2]);
    expect(await leases().lastLease(chain, shard, 299)).toEqual(all[1]);
    expect(await leases().lastLease(chain, shard, 300)).toEqual(all[2]);
    expect(await leases().lastLease(chain, id())).toBeUndefined();
  });
}

function settlementContract(leases: () => LeaseTable): void {
  const stored = async (...holds: Hold[]): Promise<Lease> => {
    const lease = leaseOf({ holds });
    await leases().putLease(lease);
    return lease;
  };
  const settlement = (key: Lease, leaseId: string, held: Hold['held'], asDeadLetters = false) => ({
    key, leaseId, held, asDeadLetters, writeId: id(),
  });

  it('settles a whole hold, and answers the lease as it was', async () => {
    const lease = await stored(holdOf('x1', wholly));
    const done = settlement(lease, 'x1', wholly);
    expect(await leases().settleLease(done)).toEqual({ kind: 'landed', before: lease });
    expect(await leases().readLease(lease)).toEqual({ ...lease, writeId: done.writeId, holds: [] });
    expect(await leases().settleLease(done)).toEqual({ kind: 'refused', before: { ...lease, writeId: done.writeId, holds: [] } });
  });

  it('settles positions one by one, and a hold vanishes with its last', async () => {
    const lease = await stored(holdOf('a', some(1, 2)), holdOf('b', some(3)));
    const [first, second] = [settlement(lease, 'a', some(2, 5)), settlement(lease, 'a', some(1))];
    expect(await leases().settleLease(first)).toEqual({ kind: 'landed', before: lease });
    expect((await leases().readLease(lease))!.holds).toEqual([holdOf('a', some(1)), holdOf('b', some(3))]);
    expect((await leases().settleLease(second)).kind).toBe('landed');
    expect((await leases().readLease(lease))!.holds).toEqual([holdOf('b', some(3))]);
    expect((await leases().settleLease(second)).kind).toBe('refused');
  });

  it('changes nothing for another lease id, another form, or where no lease is', async () => {
    const lease = await stored(holdOf('x1', wholly), holdOf('a', some(12)));
    for (const wrong of [settlement(lease, 'x2', wholly), settlement(lease, 'x1', some(1)), settlement(lease, 'a', wholly)]) {
      expect(await leases().settleLease(wrong)).toEqual({ kind: 'refused', before: lease });
    }
    expect(await leases().settleLease(settlement(leaseOf(), 'x1', wholly))).toEqual({ kind: 'refused', before: undefined });
    expect(await leases().readLease(lease)).toEqual(lease);
  });

  it('notes dead letters, of a range as of a set', async () => {
    const lease = await stored(holdOf('m', { kind: 'range', from: 2, end: 4 }), holdOf('a', some(7, 8)));
    await leases().settleLease(settlement(lease, 'm', { kind: 'range', from: 2, end: 4 }, true));
    await leases().settleLease(settlement(lease, 'a', some(8), true));
    expect(await leases().readLease(lease)).toMatchObject({ deadLettered: [2, 3, 8], holds: [holdOf('a', some(7))] });
  });

  it('forgets with a replacement what a vanished hold left behind', async () => {
    const lease = await stored(holdOf('a', some(1)));
    const done = settlement(lease, 'a', some(1));
    await leases().settleLease(done);
    const next = { ...lease, writeId: id(), holds: [] };
    expect(await leases().replaceLease(next, done.writeId)).toEqual({ kind: 'landed' });
    expect(await leases().readLease(lease)).toEqual(next);
  });
}

const alarmOf = (more: Partial<Alarm> = {}): Alarm => ({
  chain: id(), dueAtMs: nowMs, shard: id(), first: 3, delayedCount: 0, setAtMs: nowMs, writeId: id(), removableAtMs, ...more,
});

function alarmContract(leases: () => LeaseTable): void {
  it('keeps a cursor per shard, and only raises it', async () => {
    const [chain, shard] = [id(), id()];
    expect(await leases().readLow(chain, shard)).toBe(0);
    await leases().raiseLow(chain, shard, 10, removableAtMs);
    await leases().raiseLow(chain, shard, 9, removableAtMs);
    expect(await leases().readLow(chain, shard)).toBe(10);
    await leases().raiseLow(chain, shard, 200, removableAtMs);
    expect(await leases().readLow(chain, shard)).toBe(200);
    expect(await leases().readLow(chain, id())).toBe(0);
  });

  it('lists alarms by due time, both ends included, and goes on behind one', async () => {
    const chain = id();
    const alarms = [0, 5, 5, 900_000_000_000].map((later, index) =>
      alarmOf({ chain, dueAtMs: msAfter(nowMs, later), shard: `s${index}`, first: index, delayedCount: index }));
    for (const alarm of alarms.toReversed()) await leases().putAlarm(alarm);
    expect(await leases().listAlarms({ chain, limit: 10 })).toEqual(alarms);
    expect(await leases().listAlarms({ chain, untilMs: msAfter(nowMs, 5), limit: 10 })).toEqual(alarms.slice(0, 3));
    expect(await leases().listAlarms({ chain, fromMs: msAfter(nowMs, 5), untilMs: msAfter(nowMs, 5), limit: 10 })).toEqual(alarms.slice(1, 3));
    expect(await leases().listAlarms({ chain, untilMs: msAfter(nowMs, -1), limit: 10 })).toEqual([]);
    expect(await leases().listAlarms({ chain, limit: 2, after: alarms[1]! })).toEqual(alarms.slice(2));
  });

  it('deletes an alarm, and under a write id only the one that was seen', async () => {
    const alarm = alarmOf();
    const listed = () => leases().listAlarms({ chain: alarm.chain, limit: 10 });
    await leases().putAlarm(alarm);
    await leases().deleteAlarm(alarm, 'older');
    expect(await listed()).toEqual([alarm]);
    await leases().deleteAlarm(alarm, alarm.writeId);
    expect(await listed()).toEqual([]);
    await leases().putAlarm(alarm);
    await leases().deleteAlarm(alarm);
    await leases().deleteAlarm(alarm);
    expect(await listed()).toEqual([]);
  });
}

const definitionOf = (more: Partial<Definition> = {}): Definition => ({
  name: 'orders', incarnation: id(), createdAtMs: nowMs, changedAtMs: msAfter(nowMs, 1), settings: queueDefaults, version: 1, state: 'active',
  shards: [{ id: id(), bornAtMs: nowMs }, { id: id(), bornAtMs: nowMs }], deadLetterSources: [], writeId: id(), ...more,
});

const groupOf = (more: Partial<Group> = {}): Group => ({
  incarnation: id(), generation: 1, chain: { id: id(), starts: {} }, effectiveAtMs: nowMs, delayShards: [], drainedThrough: 0, drained: [],
  writeId: id(), ...more,
});

function queueContract(queues: () => QueueTable): void {
  const putBoth = async (definition: Definition, group: Group) => {
    await queues().putDefinition(definition);
    await queues().putGroup(group);
  };

  it('gives a name to the first, shows it to the second, and takes it back only from its owner', async () => {
    const entry = { name: `q-${id()}`, incarnation: id() };
    expect(await queues().readName(entry.name)).toBeUndefined();
    expect(await queues().putName(entry)).toEqual({ kind: 'landed' });
    expect(await queues().putName({ ...entry, incarnation: id() })).toEqual({ kind: 'refused', found: entry });
    expect(await queues().putName(entry)).toEqual({ kind: 'landed', found: entry });
    await queues().deleteName({ ...entry, incarnation: id() });
    expect(await queues().readName(entry.name)).toEqual(entry);
    await queues().deleteName(entry);
    await queues().deleteName(entry);
    expect(await queues().readName(entry.name)).toBeUndefined();
  });

  it('lists names by prefix, in order, page by page', async () => {
    const prefix = `p${id()}`;
    const entries = ['', '-a', '0', 'A', '_', 'z'].map((end) => ({ name: `${prefix}${end}`, incarnation: id() }));
    for (const entry of [...entries.toReversed(), { name: `q${prefix}`, incarnation: id() }]) await queues().putName(entry);
    expect(await queues().listNames({ prefix, limit: 100 })).toEqual(entries);
    expect(await queues().listNames({ prefix, limit: 2, after: `${prefix}0` })).toEqual(entries.slice(3, 5));
    expect(await queues().listNames({ prefix, limit: 2, after: 'A' })).toEqual(entries.slice(0, 2));
    expect(await queues().listNames({ prefix, limit: 2, after: 'zzz' })).toEqual([]);
    expect(await queues().listNames({ prefix: '', limit: 100 })).toEqual(expect.arrayContaining(entries));
  });

  it('reads definition and group in one, and nothing when either is missing', async () => {
    const definition = definitionOf({
      settings: { ...queueDefaults, deadLetter: { queue: 'dead', maxReceiveCount: 3 } },
      deadLetterSources: [{ queue: 'a', incarnation: id(), sinceMs: nowMs }, { queue: 'b', incarnation: id(), sinceMs: nowMs }],
    });
    const { incarnation } = definition;
    const group = groupOf({
      incarnation, chain: { id: id(), starts: { s1: 5, s2: 0 } }, previous: { id: id(), starts: { s1: 2 } },
      delayShards: [{ id: id(), bornAtMs: nowMs }], drained: ['r1', 'r2'], drainedThrough: 4,
    });
    await queues().putDefinition(definition);
    expect(await queues().readView(incarnation, { consistent: true })).toBeUndefined();
    await queues().putGroup(group);
    await queues().putRetiredShard(retiredShardOf({ incarnation }));
    expect(await queues().readView(incarnation, { consistent: true })).toEqual({ definition, group });
    expect(await queues().readView(incarnation, { consistent: false })).toEqual({ definition, group });
    await queues().deleteDefinition(incarnation);
    expect(await queues().readView(incarnation, { consistent: true })).toBeUndefined();
    await queues().deleteGroup(incarnation);
    await queues().deleteGroup(incarnation);
  });

  it('replaces a definition version by version', async () => {
    const definition = definitionOf();
    await putBoth(definition, groupOf({ incarnation: definition.incarnation }));
    expect(await queues().putDefinition({ ...definition, writeId: id() })).toEqual({ kind: 'refused', found: definition });
    const second = { ...definition, version: 2, state: 'deleting', writeId: id() } as const;
    expect(await queues().replaceDefinition(second)).toEqual({ kind: 'landed' });
    expect(await queues().replaceDefinition(second)).toEqual({ kind: 'landed' });
    expect(await queues().replaceDefinition({ ...second, writeId: id() })).toEqual({ kind: 'refused', found: second });
    expect(await queues().replaceDefinition(definitionOf({ version: 2 }))).toEqual({ kind: 'refused', found: undefined });
  });

  it('replaces only the group that was seen', async () => {
    const group = groupOf();
    expect(await queues().putGroup(group)).toEqual({ kind: 'landed' });
    expect(await queues().putGroup({ ...group, writeId: id() })).toEqual({ kind: 'refused', found: group });
    const next = { ...group, generation: 2, writeId: id() };
    expect(await queues().replaceGroup(next, group.writeId)).toEqual({ kind: 'landed' });
    expect(await queues().replaceGroup({ ...next, writeId: id() }, group.writeId)).toEqual({ kind: 'refused', found: next });
  });

  it('lists retired shards above a version, in order of version', async () => {
    const incarnation = id();
    const shards = [2, 3, 40].map((version) => retiredShardOf({ incarnation, version }));
    for (const shard of [...shards.toReversed(), shards[0]!]) await queues().putRetiredShard(shard);
    expect(await queues().listRetiredShards(incarnation, 0, 10)).toEqual(shards);
    expect(await queues().listRetiredShards(incarnation, 2, 10)).toEqual(shards.slice(1));
    expect(await queues().listRetiredShards(incarnation, 0, 1)).toEqual(shards.slice(0, 1));
  });
}

const retiredShardOf = (more: Partial<RetiredShard>): RetiredShard => ({
  incarnation: id(), id: id(), version: 2, bornAtMs: nowMs, retiredAtMs: msAfter(nowMs, 9), removableAtMs, ...more,
});

const redriveOf = (more: Partial<RedriveJob> = {}): RedriveJob => ({
  incarnation: id(), queue: 'dead', redriveId: id(), state: 'running', startedAtMs: nowMs, updatedAtMs: nowMs, moved: 0, skipped: 0,
  runnerUntilMs: nowMs, writeId: id(), removableAtMs, ...more,
});

function jobContract(jobs: () => JobTable): void {
  it('keeps redrives, replaces the one that was seen, and lists the newest first', async () => {
    const { incarnation } = redriveOf();
    const [old, young] = [3, 8].map((later) => redriveOf({ incarnation, startedAtMs: msAfter(nowMs, later) }));
    const middle = redriveOf({ incarnation, startedAtMs: msAfter(nowMs, 5), to: 'orders', messageIds: ['a-1', 'b-2'] });
    for (const job of [old!, young!, middle]) expect(await jobs().putRedrive(job)).toEqual({ kind: 'landed' });
    expect(await jobs().listRedrives(incarnation, 10)).toEqual([young, middle, old]);
    expect(await jobs().listRedrives(incarnation, 1)).toEqual([young]);
    const done: RedriveJob = { ...middle, state: 'completed', moved: 2, writeId: id() };
    expect(await jobs().replaceRedrive(done, middle.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replaceRedrive({ ...done, writeId: id() }, middle.writeId)).toEqual({ kind: 'refused', found: done });
    expect(await jobs().readRedrive(incarnation, middle.redriveId)).toEqual(done);
    expect(await jobs().readRedrive(incarnation, id())).toBeUndefined();
  });

  it('keeps an append intent under any idempotency key', async () => {
    const intent: AppendIntent = {
      incarnation: id(), idempotencyKey: 'ä/ key\n#1', requestDigest: 'd', appendId: id(), shard: id(), base: 9, writeId: id(), removableAtMs,
    };
    expect(await jobs().readIntent(intent.incarnation, intent.idempotencyKey)).toBeUndefined();
    expect(await jobs().putIntent(intent)).toEqual({ kind: 'landed' });
    expect(await jobs().putIntent({ ...intent, writeId: id() })).toEqual({ kind: 'refused', found: intent });
    expect(await jobs().putIntent(intent)).toEqual({ kind: 'landed', found: intent });
    const next = { ...intent, base: 12, writeId: id() };
    expect(await jobs().replaceIntent(next, intent.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replaceIntent({ ...next, writeId: id() }, intent.writeId)).toEqual({ kind: 'refused', found: next });
    expect(await jobs().readIntent(intent.incarnation, intent.idempotencyKey)).toEqual(next);
  });

  it('keeps the first secret under a name, whoever asks', async () => {
    const name = id();
    const candidates = [1, 2, 3].map((byte) => Uint8Array.of(byte, byte));
    const answers = await Promise.all(candidates.map((candidate) => jobs().readOrPutSecret(name, candidate)));
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(candidates).toContainEqual(answers[0]);
    expect(await jobs().readOrPutSecret(name, Uint8Array.of(9))).toEqual(answers[0]);
  });
}

function costContract(opened: () => OpenTable): void {
  const writeUnits = async (work: () => Promise<unknown>): Promise<number> => {
    opened().meter.reset();
    await work();
    return opened().meter.consumed().writeUnits;
  };
  const leases = () => leaseTable(opened().table);

  it('pays one unit for a segment of up to 930 packed bytes', async () => {
    const body = (bytes: number) => ({ kind: 'inline', packed: new Uint8Array(bytes) }) as const;
    const segment = segmentOf({ base: 123_456, count: 16, lastDueAtMs: nowMs, body: body(930) });
    expect(await writeUnits(() => logTable(opened().table).putSegment(segment))).toBe(1);
  });

  it('pays one unit for a claim and a settlement of a thousand messages, and for sets of up to 64 positions', async () => {
    const held = { kind: 'range', from: 0, end: 1000 } as const;
    const whole = leaseOf({ first: 123_456, end: 124_456, holds: [holdOf(id(), held)], alarmDueAtMs: nowMs });
    expect(await writeUnits(() => leases().putLease(whole))).toBe(1);
    const settlement = { key: whole, leaseId: whole.holds[0]!.leaseId, held, writeId: id(), asDeadLetters: false };
    expect(await writeUnits(() => leases().settleLease(settlement))).toBe(1);

    const positions = Array.from({ length: 64 }, (_, index) => 900 + index);
    const owners = [0, 16, 32, 48].map((from) => holdOf(id(), some(...positions.slice(from, from + 16))));
    expect(await writeUnits(() => leases().putLease(leaseOf({ holds: owners, alarmDueAtMs: nowMs })))).toBe(1);
  });
}
