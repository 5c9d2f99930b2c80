import type { Deps } from '../deps.ts';
import type { Alarm, Lease } from '../ports/lease-table.ts';
import { earliest, type EpochMs } from '../time.ts';
import { bounds } from '../timing.ts';
import { below } from './holds.ts';
import { boundFor, type Pull } from './pull.ts';
import type { ReaderMemory } from './reader-memory.ts';

/** "Look at this lease from then on." A hint: the lease stays where it is, and stays the only truth. */
export async function putAlarm(deps: Deps, lease: Lease, dueAtMs: EpochMs, delayedCount = 0): Promise<Alarm> {
  const alarm: Alarm = {
    chain: lease.chain, shard: lease.shard, first: lease.first, dueAtMs, delayedCount,
    setAtMs: deps.system.now(), writeId: deps.system.newId(), removableAtMs: lease.removableAtMs,
  };
  await setAlarm(deps, alarm);
  return alarm;
}

/**
 * Put an alarm aside: its lease lies above what the chain is served for. It is not lost, since the
 * chain may come back into force; and not in the way of those that count.
 */
export async function parkAlarm(deps: Deps, alarm: Alarm): Promise<void> {
  await deps.leases.putAlarm({ ...alarm, isParked: true, writeId: deps.system.newId() });
  await deps.leases.deleteAlarm(alarm, alarm.writeId);
}

/** The chain is in force again. */
export async function unparkAlarm(deps: Deps, parked: Alarm): Promise<Alarm> {
  const alarm: Alarm = { ...parked, isParked: false, writeId: deps.system.newId() };
  await setAlarm(deps, alarm);
  await deps.leases.deleteAlarm(parked, parked.writeId);
  return alarm;
}

/**
 * Alarms of what is unsettled below a bound that were put aside under a lower one: the chain was in force
 * again in between. Answers how many there were.
 */
export async function unparkBelow(deps: Deps, pull: Pull, consistent: boolean): Promise<number> {
  let found = 0;
  let after: Alarm | undefined;
  for (;;) {
    const page: readonly Alarm[] = await deps.leases.listAlarms({
      chain: pull.chain.id, parked: 'only', limit: bounds.parkedAlarms, consistent, ...(after ? { after } : {}),
    });
    const unparked = await Promise.all(page.filter(({ shard, first }) => first < boundFor(pull, shard)).map(async (alarm) => {
      const lease = await deps.leases.readLease(alarm);
      const isSettled = lease !== undefined && isSettledFor(pull, lease);
      if (!isSettled) await unparkAlarm(deps, alarm);
      return !isSettled;
    }));
    found += unparked.filter(Boolean).length;
    after = page[page.length - 1];
    if (!after) return found;
  }
}

/** A lease that begins below the bound may go on above, where what is left of it is another chain's. */
export const isSettledFor = (pull: Pull, lease: Lease): boolean => below(lease, boundFor(pull, lease.shard)).holds.length === 0;

/** Put an alarm, and look for it in time in this process too. */
export async function setAlarm(deps: Deps, alarm: Alarm): Promise<void> {
  await deps.leases.putAlarm(alarm);
  const reader = deps.memory.readers.get(alarm.chain);
  if (reader) hearOfAlarm(reader, alarm.dueAtMs);
}

export function hearOfAlarm(memory: ReaderMemory, dueAtMs: EpochMs): void {
  if (!memory.noAlarms) return;
  const { untilMs, nextDueAtMs } = memory.noAlarms;
  memory.noAlarms = { untilMs: earliest(untilMs, dueAtMs), nextDueAtMs: earliest(nextDueAtMs ?? dueAtMs, dueAtMs) };
}

export const alarmName = ({ dueAtMs, shard, first }: Pick<Alarm, 'dueAtMs' | 'shard' | 'first'>): string =>
  `${dueAtMs} ${shard} ${first}`;
