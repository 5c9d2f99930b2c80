import type { Deps } from '../core/deps.ts';
import { archiveQueue, hasArchive, nothingArchived, type QueueArchived } from '../core/archive/archive-queue.ts';
import { CallerError } from '../core/errors.ts';
import { dueBefore } from '../core/archive/object-rules.ts';
import { listNamed } from '../core/queue/list-queues.ts';
import { archiveName } from '../core/queue/names.ts';
import type { Queue } from '../core/queue.ts';
import { type EpochMs, msAfter } from '../core/time.ts';
import { timing } from '../core/timing.ts';

export interface ArchiveRequest {
  /** How long the turn may take; what it leaves is for the next one. */
  readonly turnMs: number;
  /** Only this queue, or topic, by its name in the archive. */
  readonly queue?: string;
  /** Archive what is older, to the millisecond. Default: whole hours, a day after they began. */
  readonly olderThanMs?: number;
}

/** A hundred years: older than that nothing is. */
const OLDER_THAN_SECONDS_MAX = 100 * 366 * 86_400;

/**
 * What somebody who starts a turn by hand says: `queue` and `olderThanSeconds`, both of them or neither. The
 * event of a schedule says nothing.
 * @throws CallerError `malformedRequest` or `parameterOutOfRange`, naming the field
 */
export function readArchiveRequest(said: unknown): Omit<ArchiveRequest, 'turnMs'> {
  if (said === undefined || said === null || isOfSchedule(said)) return {};
  if (typeof said !== 'object' || Array.isArray(said)) throw new CallerError('malformedRequest', 'body must be an object', { field: 'body' });
  const { queue, olderThanSeconds, ...others }: { readonly queue?: unknown; readonly olderThanSeconds?: unknown } = said;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new CallerError('malformedRequest', `body has no field ${unknown}`, { field: unknown });
  return { ...readName(queue), ...readAge(olderThanSeconds) };
}

/** EventBridge says what kind of event it is, and we do not ask which. */
const isOfSchedule = (said: unknown): boolean => typeof said === 'object' && said !== null && 'detail-type' in said;

function readName(queue: unknown): Pick<ArchiveRequest, 'queue'> {
  if (queue === undefined) return {};
  if (typeof queue !== 'string') throw new CallerError('malformedRequest', 'queue must be a string', { field: 'queue' });
  return { queue };
}

function readAge(olderThanSeconds: unknown): Pick<ArchiveRequest, 'olderThanMs'> {
  if (olderThanSeconds === undefined) return {};
  const field = 'olderThanSeconds';
  if (typeof olderThanSeconds !== 'number') throw new CallerError('malformedRequest', `${field} must be a number`, { field });
  if (!(olderThanSeconds >= 0 && olderThanSeconds <= OLDER_THAN_SECONDS_MAX)) {
    const details = { field, min: 0, max: OLDER_THAN_SECONDS_MAX, unit: 'seconds', value: olderThanSeconds };
    throw new CallerError('parameterOutOfRange', `${field} must be 0 to ${OLDER_THAN_SECONDS_MAX} seconds, got ${olderThanSeconds}`, details);
  }
  return { olderThanMs: olderThanSeconds * 1000 };
}

/** What a turn came to. */
export interface ArchiveFigures extends Omit<QueueArchived, 'leftSinceMs'> {
  readonly queues: number;
  /** By how much the oldest message that was left is overdue; 0 when nothing was left. */
  readonly lagSeconds: number;
}

/** Part of a turn for giving what is left a longer life. */
const EXTENSION_PART = 0.1;
const PAGE_SIZE = 100;

/**
 * Go once through all queues and topics whose history outlives the table, in random order, so that a turn that is
 * too short does not leave the same ones each time. One shard after the other: what is held at once does
 * not grow with what waits.
 * @throws CallerError `queueNotFound` when only one is meant, and it is not there
 */
export async function archiveQueues(deps: Deps, request: ArchiveRequest): Promise<ArchiveFigures> {
  const nowMs = deps.system.now();
  const beforeMs = request.olderThanMs === undefined ? dueBefore(nowMs) : msAfter(nowMs, -request.olderThanMs);
  const turn = { beforeMs, untilMs: msAfter(nowMs, request.turnMs * (1 - EXTENSION_PART)), extendUntilMs: msAfter(nowMs, request.turnMs) };
  const queues = await queuesToArchive(deps, request.queue);
  const done: QueueArchived[] = [];
  for (const queue of shuffled(deps, queues)) done.push(await archiveOrReport(deps, queue, turn));
  const lags = done.flatMap(({ leftSinceMs }) => (leftSinceMs === undefined ? [] : [lagSeconds(leftSinceMs, nowMs)]));
  const sum = (figure: keyof Omit<QueueArchived, 'leftSinceMs'>): number => done.reduce((total, one) => total + one[figure], 0);
  return {
    queues: queues.length, objects: sum('objects'), messages: sum('messages'), unreadable: sum('unreadable'),
    extended: sum('extended'), failed: sum('failed'), lagSeconds: Math.max(0, ...lags),
  };
}

const lagSeconds = (leftSinceMs: EpochMs, nowMs: EpochMs): number => Math.round((nowMs - leftSinceMs - timing.archiveAfterMs) / 1000);

async function queuesToArchive(deps: Deps, only: string | undefined): Promise<readonly Queue[]> {
  const all = [...await allNamed(deps, 'queue'), ...await allNamed(deps, 'topic')];
  const meant = all.filter(({ name }) => only === undefined || archiveName(name) === only);
  if (only !== undefined && meant.length === 0) throw new CallerError('queueNotFound', `there is no queue ${only}`, { queue: only });
  return meant.filter(hasArchive);
}

async function allNamed(deps: Deps, registry: string): Promise<readonly Queue[]> {
  const all: Queue[] = [];
  let cursor: string | undefined;
  do {
    const page = await listNamed(deps, registry, { prefix: '', limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.found);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

async function archiveOrReport(deps: Deps, queue: Queue, turn: Parameters<typeof archiveQueue>[2]): Promise<QueueArchived> {
  try {
    return await archiveQueue(deps, queue, turn);
  } catch (fault) {
    deps.report(fault);
    return { ...nothingArchived, failed: 1 };
  }
}

function shuffled<T>(deps: Deps, entries: readonly T[]): readonly T[] {
  return entries
    .map((entry) => ({ entry, order: deps.system.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ entry }) => entry);
}
