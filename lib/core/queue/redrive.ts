import { checkMayFeed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { checkLimit } from '../limits.ts';
import type { JobKey, RedriveJob } from '../ports/job-table.ts';
import { parseMessageId } from '../position.ts';
import { epochMs, msAfter } from '../time.ts';
import { DAY_MS, timing } from '../timing.ts';
import { runSteps } from './redrive-steps.ts';
import { viewByName } from './view.ts';

export interface StartRedriveRequest {
  /** The queue that holds the dead letters. */
  readonly name: string;
  /** Absent: each to the queue it came from. */
  readonly to?: string;
  /** Absent: all that are there now. */
  readonly messageIds?: readonly string[];
}

/** How long a finished redrive can be asked about. */
const KEPT_MS = 30 * DAY_MS;
const LISTED = 100;

/**
 * Begin to move dead letters back. It goes on after this answer, and after a crash of whoever runs it;
 * a message may then arrive twice, as with any delivery, but none is lost.
 * @throws CallerError `queueNotFound`, `malformedRequest` when `to` is the queue itself, `messageNotFound`, `accessDenied`
 */
export async function startRedrive(deps: Deps, request: StartRedriveRequest): Promise<RedriveJob> {
  const view = await viewByName(deps, request.name, 0);
  if (request.to === request.name) {
    throw new CallerError('malformedRequest', `to: ${request.to} is the queue that the dead letters are in`, { field: 'to', value: request.to });
  }
  if (request.to !== undefined) {
    checkMayFeed(deps, request.to);
    await viewByName(deps, request.to, 0);
  }
  if (request.messageIds) checkLimit('batchEntries', 'messageIds', request.messageIds.length);
  for (const messageId of request.messageIds ?? []) parseMessageId(messageId);

  const nowMs = deps.system.now();
  const job: RedriveJob = {
    incarnation: view.definition.incarnation, queue: request.name, redriveId: deps.system.newId(), state: 'running',
    ...(request.to === undefined ? {} : { to: request.to }),
    ...(request.messageIds === undefined ? {} : { messageIds: request.messageIds }),
    startedAtMs: nowMs, updatedAtMs: nowMs, moved: 0, skipped: 0, runnerUntilMs: epochMs(0),
    writeId: deps.system.newId(), removableAtMs: msAfter(nowMs, KEPT_MS),
  };
  await deps.jobs.putRedrive(job);
  await deps.kickJob(redriveKey(job));
  return job;
}

/**
 * How far a redrive has come. One whose runner is gone is set going again.
 * @throws CallerError `queueNotFound`, `redriveNotFound`
 */
export async function readRedrive(deps: Deps, { name, redriveId }: { readonly name: string; readonly redriveId: string }): Promise<RedriveJob> {
  const { definition: { incarnation } } = await viewByName(deps, name, timing.groupAgeMs);
  const job = isRedriveId(redriveId) ? await deps.jobs.readRedrive(incarnation, redriveId) : undefined;
  if (!job) throw new CallerError('redriveNotFound', `there is no redrive ${redriveId.slice(0, 64)} of ${name}`, { queue: name, redriveId });
  if (isAbandoned(deps, job)) await deps.kickJob(redriveKey(job));
  return job;
}

/** What a runner is started with: a whole job names up to a thousand messages. */
export const redriveKey = ({ incarnation, redriveId }: RedriveJob): JobKey => ({ kind: 'redrive', incarnation, jobId: redriveId });

/** What no redrive could be called is not looked for. */
const isRedriveId = (text: string): boolean => /^[0-9A-Za-z]{1,40}$/.test(text);

/** The newest hundred, newest first. */
export async function listRedrives(deps: Deps, { name }: { readonly name: string }): Promise<readonly RedriveJob[]> {
  const { definition: { incarnation } } = await viewByName(deps, name, timing.groupAgeMs);
  return deps.jobs.listRedrives(incarnation, LISTED);
}

/** Running, as far as the record goes, but its runner has not been heard of: for whoever looks after jobs. */
export const isAbandoned = (deps: Deps, job: RedriveJob): boolean =>
  job.state === 'running' && job.runnerUntilMs < deps.system.now() && job.updatedAtMs < msAfter(deps.system.now(), -timing.jobRunnerMs);

/** Set going again what a crash has stopped, in all queues. A bounded walk, off the message path. */
export async function resumeRedrives(deps: Deps, queues: readonly { readonly incarnation: string }[]): Promise<void> {
  for (const { incarnation } of queues) {
    const jobs = await deps.jobs.listRedrives(incarnation, LISTED);
    for (const job of jobs) {
      if (job.state === 'running' && job.runnerUntilMs < deps.system.now()) await deps.kickJob(redriveKey(job));
    }
  }
}

/**
 * Go on with a redrive until it ends or `untilMs` has come. One runner at a time: it claims the job
 * for a while and renews that with each step. Answers whether the job has ended (or is another's).
 */
export async function runRedrive(
  deps: Deps, { incarnation, redriveId, untilMs }: { readonly incarnation: string; readonly redriveId: string; readonly untilMs: number },
): Promise<boolean> {
  const found = await deps.jobs.readRedrive(incarnation, redriveId);
  if (!found || found.state !== 'running' || found.runnerUntilMs > deps.system.now()) return true;
  const claimed = await saveProgress(deps, found, {});
  if (!claimed) return true;
  let job = claimed;
  for await (const progress of runSteps(deps, job)) {
    const saved = await saveProgress(deps, job, { moved: job.moved + progress.moved, skipped: progress.skipped });
    if (!saved) return true;
    job = saved;
    if (deps.system.now() >= untilMs) {
      await saveProgress(deps, job, { runnerUntilMs: epochMs(0) });
      return false;
    }
  }
  await saveProgress(deps, job, { state: 'completed', runnerUntilMs: epochMs(0) });
  return true;
}

/** undefined when somebody else runs it by now. */
async function saveProgress(deps: Deps, job: RedriveJob, change: Partial<RedriveJob>): Promise<RedriveJob | undefined> {
  const nowMs = deps.system.now();
  const next: RedriveJob = {
    ...job, runnerUntilMs: msAfter(nowMs, timing.jobRunnerMs), ...change, updatedAtMs: nowMs, writeId: deps.system.newId(),
  };
  const put = await deps.jobs.replaceRedrive(next, job.writeId);
  return put.kind === 'landed' ? next : undefined;
}
