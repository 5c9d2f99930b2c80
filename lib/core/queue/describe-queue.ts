import type { Deps } from '../deps.ts';
import type { Queue } from '../queue.ts';
import type { EpochMs } from '../time.ts';

/** Estimates from a bounded number of reads. */
export interface QueueCounts {
  readonly ready: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly rewindable: number;
  /** Age of the oldest message that was not deleted; undefined when there is none. */
  readonly oldestMessageAgeSeconds: number | undefined;
  readonly approximate: boolean;
  readonly asOfMs: EpochMs;
}

export async function describeQueue(_deps: Deps, _request: { readonly name: string }): Promise<{ readonly queue: Queue; readonly counts: QueueCounts }> {
  throw new Error('not written');
}
