import type { Deps } from '../deps.ts';
import { countMessages } from '../group/counts.ts';
import type { Queue } from '../queue.ts';
import type { EpochMs } from '../time.ts';
import { viewByName } from './view.ts';

/** Estimates from a bounded number of reads. */
export interface QueueCounts {
  readonly ready: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Deleted messages that a rewind would bring back. */
  readonly rewindable: number;
  /** Age of the oldest message that is ready or in flight; undefined when there is none. */
  readonly oldestMessageAgeSeconds: number | undefined;
  readonly approximate: boolean;
  readonly asOfMs: EpochMs;
}

/**
 * A queue's settings, and how many messages stand where.
 * @throws CallerError `queueNotFound`
 */
export async function describeQueue(deps: Deps, { name }: { readonly name: string }): Promise<{ readonly queue: Queue; readonly counts: QueueCounts }> {
  const view = await viewByName(deps, name, 0);
  const asOfMs = deps.system.now();
  const { oldestAtMs, ...counts } = await countMessages(deps, view);
  const oldestMessageAgeSeconds = oldestAtMs === undefined ? undefined : Math.max(0, Math.floor((asOfMs - oldestAtMs) / 1000));
  // Nothing that was deleted can come back yet: rewindSeconds is 0 everywhere.
  return { queue: view.definition, counts: { ...counts, rewindable: 0, oldestMessageAgeSeconds, approximate: true, asOfMs } };
}
