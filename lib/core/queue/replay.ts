import { checkMayFeed } from '../access-key/access.ts';
import { ascendingId } from '../ascending-id.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { listRetired } from '../group/served-chains.ts';
import { checkLimit } from '../limits.ts';
import type { JobKey, ReplayJob, ReplayPace, ShardLeft } from '../ports/job-table.ts';
import { logOf } from '../subscription.ts';
import { epochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { leftOver, REPLAY_KEPT_MS } from './replay-run.ts';
import { type RewindRequest, windowOf } from './rewind-window.ts';
import { stretchOf } from './select-messages.ts';
import { viewByName } from './view.ts';

export interface StartReplayRequest extends RewindRequest {
  /** Name of the queue that gets the copies. */
  readonly target: string;
  /** Absent: as fast as it goes. */
  readonly pace?: ReplayPace;
}

export interface ReplayRequest {
  readonly name: string;
  readonly replayId: string;
}

const LISTED = 100;

/**
 * Begin to copy a window of a queue's log into another queue, in the order of enqueue times: everything
 * that the filter lets through, settled or not. The queue itself is not touched. What is sent from now
 * on is not part of it. It goes on after this answer, and after a crash of whoever runs it.
 * @throws CallerError `queueNotFound`, of either queue; `malformedRequest` when the target is the queue itself; and what `windowOf` throws
 */
export async function startReplay(deps: Deps, request: StartReplayRequest): Promise<ReplayJob> {
  const { name, target, toMs, filter, pace, requestedBy } = request;
  if (target === name) {
    throw new CallerError('malformedRequest', `target: ${target} is the queue that is replayed`, { field: 'target', value: target });
  }
  checkMayFeed(deps, target);
  checkPace(pace);
  const view = await viewByName(deps, name, 0);
  const { definition: { incarnation: targetIncarnation } } = await viewByName(deps, target, 0);
  const { incarnation } = view.definition;
  const window = await windowOf(deps, view, request);
  const { starts, until } = await stretchOf(deps, view, await listRetired(deps, logOf(incarnation), 0), window, request);
  const left = Object.fromEntries(Object.entries(starts).map(([shard, next]): readonly [string, ShardLeft] => [shard, { next, until: until[shard] ?? next }]));
  const nowMs = deps.system.now();
  const job: ReplayJob = {
    incarnation, queue: name, replayId: ascendingId(deps.system), state: 'running', target, targetIncarnation,
    fromMs: window.from.atMs, toMs: toMs ?? nowMs, ...(filter ? { filter } : {}), ...(pace ? { pace } : {}), ...(requestedBy === undefined ? {} : { requestedBy }),
    startedAtMs: nowMs, updatedAtMs: nowMs, total: leftOver({ left }), left, copied: 0, notBeforeMs: epochMs(0), runnerUntilMs: epochMs(0),
    writeId: deps.system.newId(), removableAtMs: msAfter(nowMs, REPLAY_KEPT_MS),
  };
  await deps.jobs.putReplay(job);
  await deps.kickJob(keyOf(job));
  return job;
}

function checkPace(pace: ReplayPace | undefined): void {
  if (!pace) return;
  if ('speed' in pace) checkLimit('replaySpeed', 'pace.speed', pace.speed);
  else checkLimit('replayMessagesPerSecond', 'pace.messagesPerSecond', pace.messagesPerSecond);
}

/**
 * How far a replay has come. One whose runner is gone is set going again.
 * @throws CallerError `queueNotFound`, `replayNotFound`
 */
export async function readReplay(deps: Deps, request: ReplayRequest): Promise<ReplayJob> {
  const job = await replayNamed(deps, request);
  if (isWaiting(deps, job) && !isJustKicked(deps, job)) await deps.kickJob(keyOf(job));
  return job;
}

/**
 * End a replay; what it has copied stays. One that has ended already is left as it is.
 * @throws CallerError `queueNotFound`, `replayNotFound`; `queueIsChanging` when its runner kept getting in first
 */
export async function cancelReplay(deps: Deps, request: ReplayRequest): Promise<ReplayJob> {
  let job = await replayNamed(deps, request);
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    if (job.state !== 'running') return job;
    const cancelled: ReplayJob = { ...job, state: 'cancelled', runnerUntilMs: epochMs(0), updatedAtMs: deps.system.now(), writeId: deps.system.newId() };
    const put = await deps.jobs.replaceReplay(cancelled, job.writeId);
    if (put.kind === 'landed') return cancelled;
    if (!put.found) throw notFound(request);
    job = put.found;
  }
  throw new CallerError('queueIsChanging', 'the replay goes on at this moment; try again');
}

async function replayNamed(deps: Deps, request: ReplayRequest): Promise<ReplayJob> {
  const { definition: { incarnation } } = await viewByName(deps, request.name, timing.groupAgeMs);
  const job = /^[0-9A-Za-z]{1,40}$/.test(request.replayId) ? await deps.jobs.readReplay(incarnation, request.replayId) : undefined;
  if (!job) throw notFound(request);
  return job;
}

const notFound = ({ name, replayId }: ReplayRequest): CallerError =>
  new CallerError('replayNotFound', `there is no replay ${replayId.slice(0, 64)} of ${name}`, { queue: name, replayId: replayId.slice(0, 64) });

/** The newest hundred, newest first. */
export async function listReplays(deps: Deps, { name }: { readonly name: string }): Promise<readonly ReplayJob[]> {
  const { definition: { incarnation } } = await viewByName(deps, name, timing.groupAgeMs);
  return deps.jobs.listReplays(incarnation, LISTED);
}

/** Messages that it has passed over: they were not asked for, or have expired. */
export const skippedBy = (job: ReplayJob): number => Math.max(0, job.total - leftOver(job) - job.copied);

/** Set going again, of one queue, what has no runner and is due before the next round, or soon after it. */
export async function resumeReplays(deps: Deps, incarnation: string): Promise<void> {
  const jobs = await deps.jobs.listReplays(incarnation, LISTED);
  await Promise.all(jobs.filter((job) => isWaiting(deps, job)).map((job) => deps.kickJob(keyOf(job))));
}

/** Nobody runs it, and its next copy is due soon. */
function isWaiting(deps: Deps, { state, runnerUntilMs, notBeforeMs }: ReplayJob): boolean {
  const nowMs = deps.system.now();
  return state === 'running' && runnerUntilMs < nowMs && notBeforeMs <= msAfter(nowMs, timing.replayAheadMs);
}

/** A runner that was told to begin, or to go on, a moment ago may not have come to it yet. */
const isJustKicked = (deps: Deps, { updatedAtMs, notBeforeMs }: ReplayJob): boolean =>
  deps.system.now() - updatedAtMs <= timing.jobRunnerMs && notBeforeMs <= updatedAtMs;

const keyOf = ({ incarnation, replayId }: ReplayJob): JobKey => ({ kind: 'replay', incarnation, jobId: replayId });
