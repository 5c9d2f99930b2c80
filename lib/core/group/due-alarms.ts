import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { Alarm } from '../ports/lease-table.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { alarmName, hearOfAlarm } from './alarm.ts';
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
  const alarms = await deps.leases.listAlarms({
    chain: pull.chain.id, untilMs: msAfter(nowMs, timing.alarmLookaheadMs), limit: bounds.alarmsPerPoll + quiet,
  });
  const nextDueAtMs = alarms.find(({ dueAtMs }) => dueAtMs > nowMs)?.dueAtMs;
  const [first] = alarms;
  if (first) hearOfAlarm(memory, first.dueAtMs);
  if (nextDueAtMs !== undefined) hearOfAlarm(memory, nextDueAtMs);
  const waiting = alarms.filter((alarm) => (memory.quietAlarms.get(alarmName(alarm))?.untilMs ?? nowMs) <= nowMs);
  return { due: waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs), nextDueAtMs };
}

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
