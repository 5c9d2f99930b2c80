import type { System } from '../../lib/core/ports/system.ts';
import { type EpochMs, epochMs, msAfter } from '../../lib/core/time.ts';

/** A clock that a test moves. Sleeping moves it too, so that nobody ever waits. */
export interface FakeClock {
  now(): EpochMs;
  advance(ms: number): void;
  readonly sleep: System['sleep'];
}

export function fakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = epochMs(startMs);
  const advance = (ms: number): void => {
    nowMs = msAfter(nowMs, ms);
  };
  return {
    now: () => nowMs,
    advance,
    async sleep(ms, signal) {
      // Whole milliseconds, as every clock of a process shows them.
      if (!signal?.aborted) advance(Math.ceil(ms));
      // Others get their turn, as they would in a real sleep.
      await new Promise((resolve) => { setImmediate(resolve); });
    },
  };
}
