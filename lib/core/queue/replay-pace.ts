import { limits } from '../limits.ts';
import type { ReplayJob } from '../ports/job-table.ts';
import { type EpochMs, epochMs, latest, msAfter } from '../time.ts';
import { timing } from '../timing.ts';

type Paced = Pick<ReplayJob, 'pace' | 'pacedFrom' | 'notBeforeMs'>;

/**
 * When a message may be copied. With a speed, messages keep their distances from the first one that was
 * copied, by whole ticks: what falls due within one goes together. After an interruption what is overdue
 * goes at once; what a rate has missed is not made up for.
 */
export function dueAt({ pace, pacedFrom, notBeforeMs }: Paced, enqueuedAtMs: EpochMs): EpochMs {
  if (!pace || !('speed' in pace) || !pacedFrom) return notBeforeMs;
  const afterMs = (enqueuedAtMs - pacedFrom.enqueuedAtMs) / pace.speed;
  return latest(notBeforeMs, msAfter(pacedFrom.copiedAtMs, Math.ceil(afterMs / timing.replayTickMs) * timing.replayTickMs));
}

/** The first message that is copied sets the beginning of what a speed is a multiple of. */
export const withBeginning = <Job extends Paced>(job: Job, enqueuedAtMs: EpochMs, nowMs: EpochMs): Job =>
  (job.pace && 'speed' in job.pace && !job.pacedFrom ? { ...job, pacedFrom: { copiedAtMs: nowMs, enqueuedAtMs } } : job);

/** Messages in one batch: of a rate, what it allows in a tick. */
export function batchMax({ pace }: Pick<ReplayJob, 'pace'>): number {
  if (!pace || !('messagesPerSecond' in pace)) return limits.batchEntries.max;
  const inTick = Math.floor(pace.messagesPerSecond * timing.replayTickMs / 1000);
  return Math.min(limits.batchEntries.max, Math.max(1, inTick));
}

/** When the batch after this one may go. */
export function nextNotBefore({ pace }: Pick<ReplayJob, 'pace'>, copies: number, begunAtMs: EpochMs): EpochMs {
  if (!pace || 'speed' in pace) return epochMs(0);
  return msAfter(begunAtMs, Math.ceil(copies * 1000 / pace.messagesPerSecond));
}
