import { expect, it } from 'vitest';
import { type Hold, type Lease, type LeaseTable, UNRECEIVED } from '../../lib/core/ports/lease-table.ts';
import { alarmOf, holdOf, id, leaseOf, nowMs, removableAtMs, some, wholly } from './samples.ts';

/** Leases: claimed once, replaced by whoever saw them last. */
export function leaseContract(leases: () => LeaseTable): void {
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

const settlement = (key: Lease, leaseId: string, held: Hold['held'], asDeadLetters = false) => ({
  key, leaseId, held, asDeadLetters, writeId: id(),
});

/** Settlements: blind, and only of what the lease id still holds. */
export function settlementContract(leases: () => LeaseTable): void {
  const stored = async (...holds: Hold[]): Promise<Lease> => {
    const lease = leaseOf({ holds });
    await leases().putLease(lease);
    return lease;
  };
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
