import { type EpochMs, msAfter } from '../../lib/core/time.ts';

/** Time that goes on by itself only while everybody waits for it. */
export interface Sleepers {
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface SleepersOptions {
  readonly now: () => EpochMs;
  readonly advanceTo: (nowMs: EpochMs) => void;
  /** Until no request is under way. */
  readonly atRest: () => Promise<void>;
}

interface Sleeper {
  readonly untilMs: EpochMs;
  readonly wake: () => void;
}

/**
 * Sleeps of tasks that run beside each other end in the order of their times: once no request is under way, time
 * moves on to the first of them.
 */
export function sleepers({ now, advanceTo, atRest }: SleepersOptions): Sleepers {
  const asleep = new Set<Sleeper>();
  let isPassing = false;

  const pass = async (): Promise<void> => {
    isPassing = true;
    for (;;) {
      await atRest();
      const first = [...asleep].reduce<Sleeper | undefined>((least, one) => (least && least.untilMs <= one.untilMs ? least : one), undefined);
      if (!first) break;
      asleep.delete(first);
      if (first.untilMs > now()) advanceTo(first.untilMs);
      first.wake();
    }
    isPassing = false;
  };
  return {
    sleep: (ms, signal) => new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper: Sleeper = { untilMs: msAfter(now(), Math.ceil(ms)), wake: resolve };
      asleep.add(sleeper);
      signal?.addEventListener('abort', () => {
        asleep.delete(sleeper);
        resolve();
      }, { once: true });
      if (!isPassing) void pass();
    }),
  };
}
