import type { Deps } from '../lib/core/deps.ts';
import { listQueues } from '../lib/core/queue/list-queues.ts';
import { resumeRedrives } from '../lib/core/queue/redrive.ts';
import { resumeReplays } from '../lib/core/queue/replay.ts';
import { runJob } from '../lib/housekeeping/run-job.ts';
import type { Log } from '../lib/platform/log.ts';
import { system } from '../lib/platform/system.ts';
import { type MachineStoreOptions, openMachineStore, type TidyingStep } from '../lib/wiring/on-one-machine.ts';
import { createDeps } from '../lib/wiring/rewindmq.ts';
import { archiveChore } from './archiving.ts';
import { backgroundJobs } from './background-jobs.ts';
import { startHousekeeping } from './housekeeping.ts';

/** What the API runs on, with the work beside the requests already going. */
export interface LocalStore {
  readonly deps: Deps;
  /** Let the work beside the requests come to the end of its step. */
  readonly stop: () => Promise<void>;
}

/** Ctrl-C waits for a turn to end. */
const JOB_TURN_MS = 5000;
const QUEUES_PER_STEP = 100;

/** @throws StoreUnavailable */
export async function openStore({ endpoint, objectFolder, log }: MachineStoreOptions & { readonly log: Log }): Promise<LocalStore> {
  const { items, objects, tidying } = await openMachineStore({ endpoint, objectFolder });
  const deps: Deps = await createDeps({ items, objects, log, kickJob: async (job) => jobs.kick(job) });
  const jobs = backgroundJobs({
    runTurn: (job, signal) => runJob(deps, job, { untilMs: system.now() + JOB_TURN_MS, signal }),
    now: () => system.now(),
    sleep: (ms, signal) => system.sleep(ms, signal),
    report: deps.report,
  });
  const housekeeping = startHousekeeping({ ...tidying, unfinishedJobs: jobResumer(deps), archive: archiveChore(deps) }, log);
  return {
    deps,
    stop: async () => {
      await Promise.all([housekeeping.stop(), jobs.stop()]);
    },
  };
}

/**
 * Goes on with the jobs that a server before this one had not finished. Not only at the start: a
 * runner that was killed still counts as running for half a minute.
 */
function jobResumer(deps: Deps): TidyingStep {
  let cursor: string | undefined;
  return async () => {
    const page = await listQueues(deps, { prefix: '', limit: QUEUES_PER_STEP, ...(cursor === undefined ? {} : { cursor }) });
    await resumeRedrives(deps, page.queues);
    for (const { incarnation } of page.queues) await resumeReplays(deps, incarnation);
    cursor = page.cursor;
    return cursor === undefined ? 'done' : 'more';
  };
}
