import { StoreUnavailable } from '../lib/core/errors.ts';
import type { JobKey } from '../lib/core/ports/job-table.ts';
import type { TurnEnd } from '../lib/core/queue/job-turn.ts';

/** Jobs of this machine: run beside the requests, in this process. */
export interface BackgroundJobs {
  /** Run it in the background, unless it runs already. */
  readonly kick: (job: JobKey) => void;
  /** Let those that run come to the end of their turn. What is left goes on at the next start. */
  readonly stop: () => Promise<void>;
}

export interface BackgroundJobsOptions {
  /** One bounded turn; the signal ends it early where it only waits. */
  readonly runTurn: (job: JobKey, signal: AbortSignal) => Promise<TurnEnd>;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly report: (fault: unknown) => void;
}

/** After a fault of the store: it may be being started again. */
const FAULT_PAUSE_MS = 1000;

export function backgroundJobs({ runTurn, now, sleep, report }: BackgroundJobsOptions): BackgroundJobs {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();

  const run = async (job: JobKey): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const end = await runTurn(job, stopping.signal);
        if (end.kind === 'ended') return;
        await sleep(Math.max(0, end.atMs - now()), stopping.signal);
      } catch (fault) {
        report(fault);
        // A fault that is ours would only repeat itself: the job stays, and a restart tries again.
        if (!(fault instanceof StoreUnavailable)) return;
        await sleep(FAULT_PAUSE_MS, stopping.signal);
      }
    }
  };
  return {
    kick(job) {
      const id = `${job.kind} ${job.incarnation} ${job.jobId}`;
      if (running.has(id) || stopping.signal.aborted) return;
      running.set(id, run(job).finally(() => running.delete(id)));
    },
    async stop() {
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}
