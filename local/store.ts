import { resumeAgeWatches } from '../lib/core/age/age-watches.ts';
import type { Authentication, Deps } from '../lib/core/deps.ts';
import { wakePushes } from '../lib/core/push/pushed-subscriptions.ts';
import { resumePushes, takeOverPushes } from '../lib/core/push/wake-push.ts';
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
import { wakesInTurn } from './wakes-in-turn.ts';

/** What the API runs on, with the work beside the requests already going. */
export interface LocalStore {
  readonly deps: Deps;
  /** Let the work beside the requests come to the end of its step. */
  readonly stop: () => Promise<void>;
}

/** Ctrl-C waits for a turn to end. */
const JOB_TURN_MS = 5000;
/** … but for a push, which ends within seconds once it is told to. */
const PUSH_TURN_MS = 600_000;
const QUEUES_PER_STEP = 100;
/** Of topics, and of the subscriptions of each, on one machine. */
const NAMES_MAX = 10_000;

export interface StoreOptions extends MachineStoreOptions {
  readonly log: Log;
  /** Absent: requests need not be signed. */
  readonly authentication?: Authentication | undefined;
}

/** @throws StoreUnavailable, SettingsError */
export async function openStore({ log, authentication, ...machine }: StoreOptions): Promise<LocalStore> {
  const { tidying, ...store } = await openMachineStore(machine);
  const deps: Deps = await createDeps({
    ...store, log, ...(authentication ? { authentication } : {}),
    publishedTo: wakesInTurn((topic) => wakePushes(deps, topic), (fault) => log.error('fault', { fault })),
    kickJob: async (job) => jobs.kick(job),
  });
  const jobs = backgroundJobs({
    runTurn: (job, signal) => runJob(deps, job, { untilMs: system.now() + (job.kind === 'push' ? PUSH_TURN_MS : JOB_TURN_MS), signal }),
    now: () => system.now(),
    sleep: (ms, signal) => system.sleep(ms, signal),
    report: deps.report,
  });
  await takeOverPushes(deps);
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
    if (cursor === undefined) await Promise.all([resumePushes(deps), resumeAgeWatches(deps), resumeReplaysOfSubscriptions(deps)]);
    return cursor === undefined ? 'done' : 'more';
  };
}

async function resumeReplaysOfSubscriptions(deps: Deps): Promise<void> {
  const topics = await deps.queues.listNames({ registry: 'topic', prefix: '', limit: NAMES_MAX });
  for (const topic of topics) {
    const subscriptions = await deps.queues.listNames({ registry: topic.incarnation, prefix: '', limit: NAMES_MAX });
    for (const { incarnation } of subscriptions) await resumeReplays(deps, incarnation);
  }
}
