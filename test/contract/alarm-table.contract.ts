import { expect, it } from 'vitest';
import type { LeaseTable } from '../../lib/core/ports/lease-table.ts';
import { msAfter } from '../../lib/core/time.ts';
import { alarmOf, id, nowMs, removableAtMs } from './samples.ts';

/** Cursors only rise; alarms are sorted by time. */
export function alarmContract(leases: () => LeaseTable): void {
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

  it('lists alarms by due time, from one on and up to a time, both included, and goes on behind one', async () => {
    const chain = id();
    const alarms = [0, 5, 5, 900_000_000_000].map((later, index) =>
      alarmOf({ chain, dueAtMs: msAfter(nowMs, later), shard: `s${index}`, first: index, delayedCount: index }));
    for (const alarm of alarms.toReversed()) await leases().putAlarm(alarm);
    expect(await leases().listAlarms({ chain, limit: 10 })).toEqual(alarms);
    expect(await leases().listAlarms({ chain, untilMs: msAfter(nowMs, 5), limit: 10 })).toEqual(alarms.slice(0, 3));
    expect(await leases().listAlarms({ chain, from: alarms[1]!, untilMs: msAfter(nowMs, 5), limit: 10 })).toEqual(alarms.slice(1, 3));
    expect(await leases().listAlarms({ chain, from: alarms[2]!, limit: 10 })).toEqual(alarms.slice(2));
    expect(await leases().listAlarms({ chain, from: { ...alarms[1]!, first: 2 }, limit: 10 })).toEqual(alarms.slice(2));
    expect(await leases().listAlarms({ chain, from: alarms[1]!, after: alarms[2]!, limit: 10 })).toEqual(alarms.slice(3));
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
