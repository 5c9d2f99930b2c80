import type { System } from '../../../lib/core/ports/system.ts';

/** Time in which every sleep lasts until the test ends it. */
export interface HeldTime {
  readonly sleep: System['sleep'];
  /** Resolves once somebody sleeps so long. */
  begun(ms: number): Promise<void>;
  /** Ends one sleep of that length; waits for it to begin if need be. */
  pass(ms: number): Promise<void>;
  /** Sleeps that nobody has ended. */
  sleeping(): readonly number[];
}

interface Sleeper {
  readonly ms: number;
  readonly wake: () => void;
}

export function heldTime(): HeldTime {
  const sleepers = new Set<Sleeper>();
  const waiting = new Map<number, () => void>();
  const find = (ms: number): Sleeper | undefined => [...sleepers].find((sleeper) => sleeper.ms === ms);
  const begun = async (ms: number): Promise<void> => {
    if (!find(ms)) await new Promise<void>((resolve) => { waiting.set(ms, resolve); });
    waiting.delete(ms);
  };
  return {
    sleep: (ms, signal) => new Promise((resolve) => {
      const sleeper = { ms, wake };
      function wake(): void {
        sleepers.delete(sleeper);
        resolve();
      }
      if (signal?.aborted) return resolve();
      signal?.addEventListener('abort', wake, { once: true });
      sleepers.add(sleeper);
      waiting.get(ms)?.();
    }),
    begun,
    async pass(ms) {
      await begun(ms);
      find(ms)?.wake();
    },
    sleeping: () => [...sleepers].map(({ ms }) => ms),
  };
}
