import { epochMs } from '../../lib/core/time.ts';
import { Scheduler } from '../simulation/scheduler.ts';
import type { FakeClock } from './fake-clock.ts';

/**
 * A clock for what runs beside each other: time goes on, to the next instant that somebody sleeps until, once nothing can
 * go on without that. Sleeps of several tasks end in their order, and nobody ever waits.
 */
export interface EventClock extends FakeClock {
  /** Let time go on until the task has ended. @throws Error when it never does */
  run<T>(task: Promise<T>): Promise<T>;
}

const STEPS_MAX = 1_000_000;

export function eventClock(): EventClock {
  const scheduler = new Scheduler();
  return {
    now: () => epochMs(scheduler.nowMs),
    advance: (ms) => { scheduler.nowMs += ms; },
    sleep: (ms, signal) => new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
      scheduler.at(scheduler.nowMs + Math.ceil(ms), resolve);
    }),
    async run(task) {
      let isDone = false;
      const done = task.finally(() => { isDone = true; });
      // Whoever awaits it is told of its failure, not the process.
      done.catch(() => {});
      await scheduler.runUntil(() => isDone, STEPS_MAX);
      return done;
    },
  };
}
