import type { Deps } from '../core/deps.ts';
import { archiveQueue, hasArchive, nothingArchived, type QueueArchived } from '../core/archive/archive-queue.ts';
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

/**
 * What somebody who starts a turn by hand may say: `queue`, and `olderThanSeconds`. Everything else, and an
 * event of a schedule, says nothing.
 */
export function readArchiveRequest(said: unknown): Omit<ArchiveRequest, 'turnMs'> {
  if (typeof said !== 'object' || said === null) return {};
  const queue = 'queue' in said && typeof said.queue === 'string' ? { queue: said.queue } : {};
  const age = 'olderThanSeconds' in said && typeof said.olderThanSeconds === 'number' ? { olderThanMs: said.olderThanSeconds * 1000 } : {};
  return { ...queue, ...age };
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
  return all.filter((queue) => hasArchive(queue) && (only === undefined || archiveName(queue.name) === only));
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
