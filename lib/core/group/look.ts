import type { Deps } from '../deps.ts';
import { type Alarm, type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import { earliest, type EpochMs, epochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { alarmName, parkAlarm, putAlarm, setAlarm } from './alarm.ts';
import { below, earliestDue, takeableAt } from './holds.ts';
import { leaseOfDelayed } from './materialise.ts';
import { boundFor, type Deliverable, type Pull } from './pull.ts';
import type { ReaderMemory } from './reader-memory.ts';
import { takeDue } from './take.ts';

/**
 * What becomes of an alarm.
 *
 *   its lease has nothing left                 delete the alarm
 *   something is due                           take it; the alarm stays, and looks after what was taken
 *   nothing is due yet, seen for the first time  leave it alone for a moment: most is settled within seconds
 *   nothing is due yet, seen again             put an alarm at the earliest due time, then delete this one
 *   no lease, but delayed messages             put their lease (materialise.ts), then as above
 *   no lease, nor messages                     put it a while ahead while it is young, then delete it
 *   what is left of it is another chain's      put it aside
 *
 * The rule behind it: a lease that the cursor no longer looks after has, at every moment, an alarm at
 * or before its earliest due time. An alarm goes only after a later look proved another one in place.
 */
export async function lookAt(
  deps: Deps, pull: Pull, memory: ReaderMemory, alarm: Alarm, capacity: number,
): Promise<readonly Deliverable[]> {
  const bound = boundFor(pull, alarm.shard);
  if (alarm.first >= bound) {
    await parkAlarm(deps, alarm);
    return [];
  }
  const isUnread = isFirstLook(deps, memory, alarm);
  let lease = isUnread ? undefined : await deps.leases.readLease(alarm);
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const made = !lease && alarm.delayedCount > 0 ? await leaseOfDelayed(deps, pull, alarm) : undefined;
    lease ??= made?.lease;
    // Its first segment may have expired, and the lease go on behind it.
    if (!lease && isUnread) lease = await deps.leases.readLease(alarm);
    if (!lease) {
      await lookWithoutLease(deps, memory, alarm);
      return [];
    }
    const own = below(lease, bound);
    if (!own.holds.some((hold) => takeableAt(hold) <= deps.system.now())) {
      await lookInVain(deps, memory, alarm, lease, own);
      return [];
    }
    if (capacity <= 0) return [];
    const taken = await takeDue(deps, pull, alarm, lease, capacity, made?.messages);
    if (taken.kind === 'taken') {
      if (!taken.isMoreDue) beQuiet(deps, memory, alarm, below(taken.lease, bound));
      return taken.deliverables;
    }
    lease = taken.found;
  }
  return [];
}

/**
 * Delayed messages that fell due just now: most likely nobody has a lease of them yet. Putting one
 * finds out as well as reading does, and is what comes next anyway.
 */
const isFirstLook = (deps: Deps, memory: ReaderMemory, alarm: Alarm): boolean =>
  alarm.delayedCount > 0 && deps.system.now() - alarm.dueAtMs < timing.alarmQuietMs && !memory.quietAlarms.get(alarmName(alarm));

async function lookWithoutLease(deps: Deps, memory: ReaderMemory, alarm: Alarm): Promise<void> {
  const nowMs = deps.system.now();
  const ageMs = nowMs - alarm.setAtMs;
  // Its lease has expired. A young one may belong to a sender or a claimer that is slow between its two
  // writes: keep it, further and further ahead.
  if (ageMs > timing.orphanAlarmMs) {
    await deps.leases.deleteAlarm(alarm, alarm.writeId);
    return;
  }
  await setAlarm(deps, { ...alarm, dueAtMs: laterOnGrid(nowMs, ageMs), writeId: deps.system.newId() });
  await deps.leases.deleteAlarm(alarm, alarm.writeId);
  memory.quietAlarms.delete(alarmName(alarm));
}

/** The same for all who look at about the same time, or each look of several would double the alarms. */
function laterOnGrid(nowMs: EpochMs, ageMs: number): EpochMs {
  const pauseMs = 2 ** Math.ceil(Math.log2(Math.min(Math.max(ageMs, timing.pollMaxMs), timing.orphanPauseMs)));
  return epochMs(Math.ceil((nowMs + pauseMs / 2) / pauseMs) * pauseMs);
}

/** `own`: the lease as far as it is the chain's. */
async function lookInVain(deps: Deps, memory: ReaderMemory, alarm: Alarm, lease: Lease, own: Lease): Promise<void> {
  const dueAtMs = earliestDue(own);
  const looks = memory.quietAlarms.get(alarmName(alarm))?.looks ?? 0;
  if (dueAtMs !== undefined && (looks === 0 || dueAtMs <= alarm.dueAtMs)) {
    beQuiet(deps, memory, alarm, own);
    return;
  }
  if (dueAtMs !== undefined) await putAlarm(deps, lease, dueAtMs, delayedIn(own));
  const firstDueAtMs = earliestDue(lease);
  const isForeign = firstDueAtMs !== undefined && (dueAtMs === undefined || firstDueAtMs < dueAtMs);
  if (isForeign) await deps.leases.putAlarm({ ...alarm, dueAtMs: firstDueAtMs, isParked: true, writeId: deps.system.newId() });
  await deps.leases.deleteAlarm(alarm, alarm.writeId);
  memory.quietAlarms.delete(alarmName(alarm));
}

const delayedIn = (lease: Lease): number => {
  const waiting = lease.holds.find(({ leaseId }) => leaseId === UNRECEIVED);
  if (!waiting) return 0;
  return waiting.held.kind === 'set' ? waiting.held.positions.length : waiting.held.end - waiting.held.from;
};

function beQuiet(deps: Deps, memory: ReaderMemory, alarm: Alarm, lease: Lease): void {
  const nextMs = lease.holds.map(takeableAt).reduce<EpochMs | undefined>((first, at) => (first === undefined ? at : earliest(first, at)), undefined);
  const untilMs = msAfter(deps.system.now(), timing.alarmQuietMs);
  const looks = (memory.quietAlarms.get(alarmName(alarm))?.looks ?? 0) + 1;
  const isDueThen = nextMs !== undefined && nextMs > deps.system.now() && nextMs <= untilMs;
  memory.quietAlarms.set(alarmName(alarm), { untilMs: isDueThen ? nextMs : untilMs, isDueThen, looks });
}
