import { StoreUnavailable } from '../lib/core/errors.ts';
import type { JobKey } from '../lib/core/ports/job-table.ts';
import type { TurnEnd } from '../lib/core/queue/job-turn.ts';

/** Jobs of this machine: run beside the requests, in this process. */
export interface BackgroundJobs {
  /** Run it in the background. One that sleeps is woken, and one that runs has another turn after this one: no kick is lost. */
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
/** Timers take no more than 24 days: who sleeps for longer just looks in between. */
const SLEEP_MAX_MS = 86_400_000;

interface Running {
  done: Promise<void>;
  /** Since the turn began. */
  isKicked: boolean;
  /** Ends its sleep. */
  wake: () => void;
}

export function backgroundJobs({ runTurn, now, sleep, report }: BackgroundJobsOptions): BackgroundJobs {
  const stopping = new AbortController();
  const running = new Map<string, Running>();

  const rest = async (state: Running, ms: number): Promise<void> => {
    if (state.isKicked || stopping.signal.aborted) return;
    const woken = new AbortController();
    state.wake = () => woken.abort();
    await sleep(Math.min(SLEEP_MAX_MS, Math.max(0, ms)), woken.signal);
  };

  const run = async (job: JobKey, state: Running): Promise<void> => {
    while (!stopping.signal.aborted) {
      state.isKicked = false;
      try {
        const end = await runTurn(job, stopping.signal);
        if (end.kind === 'goesOn') await rest(state, end.atMs - now());
        else if (!state.isKicked) break;
      } catch (fault) {
        report(fault);
        // A fault that is ours would only repeat itself: the job stays, and a restart tries again.
        if (!(fault instanceof StoreUnavailable)) break;
        await rest(state, FAULT_PAUSE_MS);
      }
    }
    // In the same step as the last look at whether it was kicked.
    running.delete(idOf(job));
  };

  return {
    kick(job) {
      if (stopping.signal.aborted) return;
      const found = running.get(idOf(job));
      if (found) {
        found.isKicked = true;
        found.wake();
        return;
      }
      const state: Running = { done: Promise.resolve(), isKicked: false, wake: () => undefined };
      running.set(idOf(job), state);
      state.done = run(job, state);
    },
    async stop() {
      stopping.abort();
      for (const { wake } of running.values()) wake();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

const idOf = ({ kind, incarnation, jobId }: JobKey): string => `${kind} ${incarnation} ${jobId}`;
