import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { Alarm } from '../ports/lease-table.ts';
import { earlierOf, type EpochMs, latest, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { alarmName, hearOfAlarm, unparkAlarm } from './alarm.ts';
import { lookAt } from './look.ts';
import { answerBytes, type Deliverable, type Pull } from './pull.ts';
import type { ReaderMemory } from './reader-memory.ts';

export interface DueAlarms {
  readonly due: readonly Alarm[];
  /** The next one after now, of those within the look-ahead. */
  readonly nextDueAtMs: EpochMs | undefined;
}

/**
 * The first alarms of the chain, without those that this process has just looked at. One eventual
 * query; none while the last one, a moment ago, showed that nothing is due yet.
 */
export async function dueAlarms(deps: Deps, pull: Pull, memory: ReaderMemory): Promise<DueAlarms> {
  const { nowMs } = pull;
  const { noAlarms } = memory;
  if (noAlarms && nowMs < noAlarms.untilMs) return { due: [], nextDueAtMs: noAlarms.nextDueAtMs };
  memory.noAlarms = { untilMs: msAfter(nowMs, timing.pollMinMs), nextDueAtMs: undefined };
  const quiet = Math.min(memory.quietAlarms.size, bounds.quietAlarmsPerPoll);
  const limit = bounds.alarmsPerPoll + quiet;
  const isQuiet = (alarm: Alarm): boolean => (memory.quietAlarms.get(alarmName(alarm))?.untilMs ?? nowMs) > nowMs;
  const due: Alarm[] = [];
  let nextDueAtMs: EpochMs | undefined;
  let last: Alarm | undefined;
  // A page of quiet ones hides what lies behind it: those taken a moment ago must not keep others waiting.
  for (let pages = 0; pages < bounds.alarmPages; pages += 1) {
    const page: readonly Alarm[] = await deps.leases.listAlarms({
      chain: pull.chain.id, untilMs: msAfter(nowMs, timing.alarmLookaheadMs), ...(pull.boundOf ? {} : { parked: 'too' }), limit, ...(last ? { after: last } : {}),
    });
    const alarms = (await unparked(deps, page)).filter(({ dueAtMs }) => dueAtMs <= msAfter(nowMs, timing.alarmLookaheadMs));
    const [first] = alarms;
    if (first) hearOfAlarm(memory, lookAtMs(first));
    nextDueAtMs = alarms.reduce((first, alarm) => earlierOf(first, nextLookAtMs(memory, alarm, nowMs)), nextDueAtMs);
    due.push(...alarms.filter((alarm) => lookAtMs(alarm) <= nowMs && !isQuiet(alarm)));
    last = page[page.length - 1];
    if (due.length > 0 || alarms.some((alarm) => lookAtMs(alarm) > nowMs) || page.length < limit) break;
  }
  if (nextDueAtMs !== undefined) hearOfAlarm(memory, nextDueAtMs);
  return { due, nextDueAtMs };
}

/** Those put aside while another chain was in force count again; one of far ahead goes back to its place. */
async function unparked(deps: Deps, page: readonly Alarm[]): Promise<readonly Alarm[]> {
  const alarms = await Promise.all(page.map((alarm) => (alarm.isParked ? unparkAlarm(deps, alarm) : Promise.resolve(alarm))));
  return alarms.toSorted((a, b) => a.dueAtMs - b.dueAtMs);
}

/** When an alarm is worth a look that is not worth one now. */
function nextLookAtMs(memory: ReaderMemory, alarm: Alarm, nowMs: EpochMs): EpochMs | undefined {
  const quiet = memory.quietAlarms.get(alarmName(alarm));
  const atMs = quiet?.isDueThen === true ? latest(lookAtMs(alarm), quiet.untilMs) : lookAtMs(alarm);
  return atMs > nowMs ? atMs : undefined;
}

/** What somebody holds may be taken only after the margin for clocks: a look before it is in vain. */
export const lookAtMs = ({ dueAtMs, delayedCount }: Alarm): EpochMs =>
  (delayedCount > 0 ? dueAtMs : msAfter(dueAtMs, timing.clockSkewMs));

/** Take what the alarms announce, in random order, so that consumers do not all begin with the same one. */
export async function takeAlarmed(
  deps: Deps, pull: Pull, memory: ReaderMemory, due: readonly Alarm[], capacity: number,
): Promise<readonly Deliverable[]> {
  const won: Deliverable[] = [];
  let bytes = 0;
  for (const alarm of shuffled(deps, due)) {
    const left: Pull = { ...pull, answerBytesLeft: pull.answerBytesLeft - bytes };
    const isFull = left.answerBytesLeft <= 0 || won.length >= capacity;
    if (isFull) break;
    const taken = await unlessWon(deps, won, () => lookAt(deps, left, memory, alarm, capacity - won.length));
    won.push(...taken);
    bytes += taken.reduce((sum, { content }) => sum + answerBytes(content), 0);
  }
  return won;
}

function shuffled(deps: Deps, alarms: readonly Alarm[]): readonly Alarm[] {
  return alarms
    .map((alarm) => ({ alarm, order: deps.system.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ alarm }) => alarm);
}

/**
 * A fault after something was won must not cost the consumer what it has: dropped here, that would be
 * hidden from everybody for a whole visibility timeout.
 */
export async function unlessWon(
  deps: Deps, won: readonly Deliverable[], task: () => Promise<readonly Deliverable[]>,
): Promise<readonly Deliverable[]> {
  try {
    return await task();
  } catch (error) {
    if (won.length === 0 || !(error instanceof StoreUnavailable)) throw error;
    deps.report(error);
    return [];
  }
}
