import type { Deps } from '../lib/core/deps.ts';
import { listQueues } from '../lib/core/queue/list-queues.ts';
import { resumeRedrives, runRedrive } from '../lib/core/queue/redrive.ts';
import type { Log } from '../lib/platform/log.ts';
import { system } from '../lib/platform/system.ts';
import { type MachineStoreOptions, openMachineStore, type TidyingStep } from '../lib/wiring/on-one-machine.ts';
import { createDeps } from '../lib/wiring/rewindmq.ts';
import { archiveChore } from './archiving.ts';
import { startHousekeeping } from './housekeeping.ts';
import { backgroundRedrives } from './redrives.ts';

/** What the API runs on, with the work beside the requests already going. */
export interface LocalStore {
  readonly deps: Deps;
  /** Let the work beside the requests come to the end of its step. */
  readonly stop: () => Promise<void>;
}

/** Ctrl-C waits for a turn to end. */
const REDRIVE_TURN_MS = 5000;
const QUEUES_PER_STEP = 100;

/** @throws StoreUnavailable */
export async function openStore({ endpoint, objectFolder, log }: MachineStoreOptions & { readonly log: Log }): Promise<LocalStore> {
  const { items, objects, tidying } = await openMachineStore({ endpoint, objectFolder });
  const deps: Deps = await createDeps({ items, objects, log, kickRedrive: async (job) => redrives.kick(job) });
  const redrives = backgroundRedrives({
    runTurn: (job) => runRedrive(deps, { ...job, untilMs: system.now() + REDRIVE_TURN_MS }),
    sleep: (ms, signal) => system.sleep(ms, signal),
    report: deps.report,
  });
  const housekeeping = startHousekeeping({ ...tidying, unfinishedRedrives: redriveResumer(deps), archive: archiveChore(deps) }, log);
  return {
    deps,
    stop: async () => {
      await Promise.all([housekeeping.stop(), redrives.stop()]);
    },
  };
}

/**
 * Goes on with the redrives that a server before this one had not finished. Not only at the start: a
 * runner that was killed still counts as running for half a minute.
 */
function redriveResumer(deps: Deps): TidyingStep {
  let cursor: string | undefined;
  return async () => {
    const page = await listQueues(deps, { prefix: '', limit: QUEUES_PER_STEP, ...(cursor === undefined ? {} : { cursor }) });
    await resumeRedrives(deps, page.queues);
    cursor = page.cursor;
    return cursor === undefined ? 'done' : 'more';
  };
}
