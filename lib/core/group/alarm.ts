import type { Deps } from '../deps.ts';
import type { Alarm, Lease } from '../ports/lease-table.ts';
import type { EpochMs } from '../time.ts';

/** "Look at this lease from then on." A hint: the lease stays where it is, and stays the only truth. */
export async function putAlarm(deps: Deps, lease: Lease, dueAtMs: EpochMs, delayedCount = 0): Promise<Alarm> {
  const alarm: Alarm = {
    chain: lease.chain, shard: lease.shard, first: lease.first, dueAtMs, delayedCount,
    setAtMs: deps.system.now(), writeId: deps.system.newId(), removableAtMs: lease.removableAtMs,
  };
  await deps.leases.putAlarm(alarm);
  return alarm;
}

export const alarmName = ({ dueAtMs, shard, first }: Pick<Alarm, 'dueAtMs' | 'shard' | 'first'>): string =>
  `${dueAtMs} ${shard} ${first}`;
