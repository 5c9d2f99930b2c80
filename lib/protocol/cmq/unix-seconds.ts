import type { EpochMs } from '../../core/time.ts';

/** Every time of this dialect. What has begun is not over: parts of a second are left out. */
export const unixSeconds = (atMs: EpochMs): number => Math.floor(atMs / 1000);
