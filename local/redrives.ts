import { StoreUnavailable } from '../lib/core/errors.ts';
import type { RedriveKey } from '../lib/housekeeping/run-redrive.ts';

/** Redrives of this machine: run beside the requests, in this process. */
export interface Redrives {
  /** Run it in the background, unless it runs already. */
  readonly kick: (job: RedriveKey) => void;
  /** Let those that run come to the end of their turn. What is left goes on at the next start. */
  readonly stop: () => Promise<void>;
}

export interface RedrivesOptions {
  /** One bounded turn. Answers whether the job has ended. */
  readonly runTurn: (job: RedriveKey) => Promise<boolean>;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly report: (fault: unknown) => void;
}

/**
 * Between two turns. One that ends at once has found the job in the hands of a runner that was killed,
 * or a store that is being started again.
 */
const TURN_PAUSE_MS = 1000;

export function backgroundRedrives({ runTurn, sleep, report }: RedrivesOptions): Redrives {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();

  const run = async (job: RedriveKey): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (await runTurn(job)) return;
      } catch (fault) {
        report(fault);
        // A fault that is ours would only repeat itself: the job stays, and a restart tries again.
        if (!(fault instanceof StoreUnavailable)) return;
      }
      await sleep(TURN_PAUSE_MS, stopping.signal);
    }
  };
  return {
    kick(job) {
      const id = `${job.incarnation}/${job.redriveId}`;
      if (running.has(id) || stopping.signal.aborted) return;
      running.set(id, run(job).finally(() => running.delete(id)));
    },
    async stop() {
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}
