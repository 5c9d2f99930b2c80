import type { Deps } from '../deps.ts';
import type { Message } from '../message.ts';
import { matcherOf, type Outcome } from '../message-filter.ts';
import type { QueueView, SideChain } from '../ports/queue-table.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import type { Settled } from './outcomes.ts';
import type { ReaderMemory } from './reader-memory.ts';

/** What a selective rewind is about, as its record says. */
export interface SelectionRule {
  /** Everything but what became of a message, which it does not say of itself. */
  readonly isMeant: (message: Message) => boolean;
  /** Absent: either. */
  readonly outcome: Outcome | undefined;
  readonly madeAtMs: EpochMs;
}

/** Is it about this message? Not if nobody had come to it when the rewind was asked for: it was ready, and came anyway. */
export const isAbout = ({ isMeant, outcome, madeAtMs }: SelectionRule, message: Message, settled: Settled): boolean =>
  (outcome ?? settled.outcome) === settled.outcome && !isAfter(settled.leasedAtMs, madeAtMs) && isMeant(message);

/** For certain, whatever the clocks. */
export const isAfter = (atMs: EpochMs | undefined, otherMs: EpochMs): boolean => atMs !== undefined && atMs > msAfter(otherMs, timing.clockSkewMs);

/** Read once by each process; undefined when the rewind's record is gone. */
export async function ruleOf(deps: Deps, { definition }: QueueView, { rewindId }: SideChain, memory: ReaderMemory): Promise<SelectionRule | undefined> {
  if (memory.rule) return memory.rule;
  const record = await deps.jobs.readRewind(definition.incarnation, rewindId);
  memory.rule = record && { isMeant: matcherOf(record.filter ?? {}), outcome: record.filter?.outcome, madeAtMs: record.requestedAtMs };
  return memory.rule;
}
