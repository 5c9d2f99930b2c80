import type { EpochMs } from '../time.ts';

/** How long a runner may go on with a job. */
export interface Turn {
  readonly untilMs: number;
  /** Ends a turn early, also one that sleeps. */
  readonly signal?: AbortSignal;
}

/** What is left to do after a turn: nothing, or nothing for this runner; or to go on with the job, at that time. */
export type TurnEnd = { readonly kind: 'ended' } | { readonly kind: 'goesOn'; readonly atMs: EpochMs };
