import type { Deps } from '../deps.ts';
import type { ReplayBatch, ReplayJob, ShardLeft } from '../ports/job-table.ts';
import type { Offset } from '../position.ts';
import { epochMs, latest, msAfter } from '../time.ts';
import { DAY_MS, timing } from '../timing.ts';
import type { Turn } from './job-turn.ts';

/** How long a replay can be asked about after its last sign of life. */
export const REPLAY_KEPT_MS = 30 * DAY_MS;

/** One runner's turn at a replay. */
export interface ReplayRun {
  readonly deps: Deps;
  readonly turn: Turn;
  /** As far as it has come; what was copied last is stored with the next batch. */
  job: ReplayJob;
}

/** A runner must leave it: somebody else has the job by now, or one of its queues is gone. */
export class ReplayStops extends Error {
  override readonly name = 'ReplayStops';
  readonly why: 'notOurs' | NonNullable<ReplayJob['failure']>;

  constructor(why: ReplayStops['why']) {
    super(`the replay stops: ${why}`);
    this.why = why;
  }
}

/**
 * Store how far it has come, and with it the claim.
 * @throws ReplayStops `notOurs` when somebody else has written since
 */
export async function saveRun(run: ReplayRun, change: Partial<ReplayJob> = {}): Promise<void> {
  const { deps, job } = run;
  const nowMs = deps.system.now();
  const next: ReplayJob = {
    ...job, runnerUntilMs: msAfter(nowMs, timing.jobRunnerMs), ...change, updatedAtMs: nowMs, removableAtMs: msAfter(nowMs, REPLAY_KEPT_MS),
    writeId: deps.system.newId(),
  };
  const put = await deps.jobs.replaceReplay(next, job.writeId);
  if (put.kind === 'refused') {
    if (put.found?.state === 'cancelled') await addToCancelled(run, put.found);
    throw new ReplayStops('notOurs');
  }
  run.job = next;
}

/** Cancelled between a batch and its note: what was copied until then is told of all the same. */
async function addToCancelled({ deps, job }: ReplayRun, cancelled: ReplayJob): Promise<void> {
  const { left, copied, reachedAtMs } = job;
  const { batch: _batch, ...rest } = cancelled;
  await deps.jobs.replaceReplay({
    ...rest, left, copied, ...(reachedAtMs === undefined ? {} : { reachedAtMs }), writeId: deps.system.newId(),
  }, cancelled.writeId);
}

/** The job once a batch has landed, or there was nothing to copy in what was looked at. */
export function jobAfter(job: ReplayJob, { copies, reaches, reachedAtMs }: Pick<ReplayBatch, 'copies' | 'reaches' | 'reachedAtMs'>): ReplayJob {
  const { batch: _batch, ...rest } = job;
  return { ...rest, left: leftBehind(job.left, reaches), copied: job.copied + copies, reachedAtMs: latest(reachedAtMs, job.reachedAtMs ?? epochMs(0)) };
}

function leftBehind(left: ReplayJob['left'], reaches: ReplayBatch['reaches']): Readonly<Record<string, ShardLeft>> {
  const moved = Object.entries(left).map(([shard, { next, until }]): readonly [string, ShardLeft] => [shard, { next: Math.max(next, reaches[shard] ?? 0), until }]);
  return Object.fromEntries(moved.filter(([, { next, until }]) => next < until));
}

/** What a batch goes over in each shard: the stretches between what is left before and after it. */
export const stretchesOf = ({ left }: ReplayJob, { reaches }: Pick<ReplayBatch, 'reaches'>): Readonly<Record<string, ShardLeft>> =>
  Object.fromEntries(Object.entries(reaches).flatMap(([shard, reach]) => {
    const stretch = left[shard];
    return stretch && stretch.next < reach ? [[shard, { next: stretch.next, until: reach }] as const] : [];
  }));

/** Messages of the window that nobody has looked at yet. */
export const leftOver = ({ left }: Pick<ReplayJob, 'left'>): number =>
  Object.values(left).reduce((sum, { next, until }) => sum + until - next, 0);

export type Reaches = Record<string, Offset>;

export const isTurnOver = ({ deps, turn }: ReplayRun): boolean => deps.system.now() >= turn.untilMs || turn.signal?.aborted === true;

/** Nothing was stored for so long that others may soon take the runner for dead. */
export const isUnsavedForLong = ({ deps, job }: ReplayRun): boolean => deps.system.now() - job.updatedAtMs >= timing.jobProgressMs;
