import type { Deps } from '../deps.ts';
import { countMessages } from '../group/counts.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Queue } from '../queue.ts';
import type { EpochMs } from '../time.ts';
import { countRewindable } from './count-rewindable.ts';
import { viewByName } from './view.ts';

/** Estimates from a bounded number of reads. */
export interface QueueCounts {
  readonly ready: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Deleted or dead-lettered messages that a rewind would bring back. */
  readonly rewindable: number;
  /** Age of the oldest message that is ready or in flight; undefined when there is none. */
  readonly oldestMessageAgeSeconds: number | undefined;
  readonly approximate: boolean;
  readonly asOfMs: EpochMs;
}

/** What whoever asks again and again does without: its searches cost more than the rest together. */
export interface DescribeRequest {
  readonly name: string;
  readonly skipsRewindable?: boolean;
}

/**
 * A queue's settings, and how many messages stand where.
 * @throws CallerError `queueNotFound`
 */
export async function describeQueue(
  deps: Deps, { name, skipsRewindable = false }: DescribeRequest,
): Promise<{ readonly queue: Queue; readonly counts: QueueCounts }> {
  const view = await viewByName(deps, name, 0);
  return { queue: view.definition, counts: await countsOf(deps, view, skipsRewindable) };
}

export async function countsOf(deps: Deps, view: QueueView, skipsRewindable = false): Promise<QueueCounts> {
  const asOfMs = deps.system.now();
  const [{ oldestAtMs, ...counts }, rewindable] = await Promise.all([countMessages(deps, view), skipsRewindable ? 0 : countRewindable(deps, view)]);
  const oldestMessageAgeSeconds = oldestAtMs === undefined ? undefined : Math.max(0, Math.floor((asOfMs - oldestAtMs) / 1000));
  return { ...counts, rewindable, oldestMessageAgeSeconds, approximate: true, asOfMs };
}
