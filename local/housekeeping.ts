import type { Log } from '../lib/platform/log.ts';
import type { TidyingStep } from '../lib/wiring/on-one-machine.ts';

/** Work of its own pace beside the requests. */
export interface Housekeeping {
  /** Resolves when the step under way has ended; none begins any more. */
  readonly stop: () => Promise<void>;
}

export interface Pace {
  /** Between two rounds. */
  readonly everyMs: number;
  /** Rest after a step of a round, as a multiple of what the step took: the store is there for the requests. */
  readonly restPerWork: number;
}

/** A tenth of the time at most, however large the store: a step takes its turn at the engine's one lock. */
const usualPace: Pace = { everyMs: 60_000, restPerWork: 9 };

/**
 * Do each chore again and again until stopped. One that fails is told of, and tried again in the next
 * round: expired things that stay a while longer harm nobody, since expiry decides nothing but space.
 */
export function startHousekeeping(chores: Readonly<Record<string, TidyingStep>>, log: Log, pace: Pace = usualPace): Housekeeping {
  const stopping = new AbortController();
  const running = Object.entries(chores).map(([name, chore]) => repeat(name, chore, { log, pace, signal: stopping.signal }));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

async function repeat(
  name: string, chore: TidyingStep, { log, pace, signal }: { readonly log: Log; readonly pace: Pace; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const begunMs = performance.now();
    const left = await chore().catch((fault: unknown) => {
      log.warn('choreFailed', { chore: name, fault });
      return 'done' as const;
    });
    const restMs = (performance.now() - begunMs) * pace.restPerWork;
    await idle(left === 'more' ? restMs : Math.max(restMs, pace.everyMs), signal);
  }
}

/** Does not keep the process alive. */
function idle(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms).unref();
    signal.addEventListener('abort', wake, { once: true });
  });
}
