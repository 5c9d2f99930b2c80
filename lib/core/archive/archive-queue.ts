import type { Deps } from '../deps.ts';
import { ObjectUnreadable, StoreUnavailable } from '../errors.ts';
import { listRetired } from '../group/served-chains.ts';
import { outlivesTable } from '../log/segment.ts';
import { historySeconds, type Queue } from '../queue.ts';
import { archiveName } from '../queue/names.ts';
import { viewOf } from '../queue/view.ts';
import { msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { archiveShard, type ArchiveTurn, type ShardArchived, shardsTogether } from './archive-shard.ts';
import type { ShardToArchive } from './place-object.ts';
import { extendLeft, firstLeft } from './waiting.ts';

/** What a turn did with a queue or a topic, all its shards together. */
export interface QueueArchived extends ShardArchived {
  /** Segments that got a longer life in the table, since they could not be archived in time. */
  readonly extended: number;
  /** Shards in which it failed, and the first fault was reported. */
  readonly failed: number;
}

export const nothingArchived: QueueArchived = { objects: 0, messages: 0, unreadable: 0, leftSinceMs: undefined, extended: 0, failed: 0 };

/** A queue or a topic whose history ends in the table has nothing to archive. */
export const hasArchive = ({ settings }: Pick<Queue, 'settings'>): boolean => outlivesTable(historySeconds(settings));

/**
 * Put what is due of one queue into the archive, shard by shard. A shard that fails is reported and
 * passed over, so that one cannot hold up the others.
 */
export async function archiveQueue(deps: Deps, queue: Pick<Queue, 'name' | 'incarnation'>, turn: ArchiveTurn): Promise<QueueArchived> {
  let total = nothingArchived;
  for (const shard of await shardsOf(deps, queue)) total = sumOf(total, await archiveOrExtend(deps, shard, turn));
  return total;
}

/** Those that take appends, those of delayed messages, and former ones with something that may still be in the table. */
async function shardsOf(deps: Deps, { name, incarnation }: Pick<Queue, 'name' | 'incarnation'>): Promise<readonly ShardToArchive[]> {
  const view = await viewOf(deps, incarnation, timing.definitionAgeMs);
  if (!view) return [];
  const goneMs = msAfter(deps.system.now(), -(timing.hotLifeMs + timing.extensionMaxMs));
  const former = (await listRetired(deps, incarnation, 0)).filter(({ retiredAtMs }) => retiredAtMs >= goneMs);
  const ids = new Set([...view.definition.shards, ...view.group.delayShards, ...former].map(({ id }) => id));
  return [...ids].map((shard) => ({ queue: archiveName(name), log: incarnation, shard }));
}

async function archiveOrExtend(deps: Deps, shard: ShardToArchive, turn: ArchiveTurn): Promise<QueueArchived> {
  const archived = await archiveOrReport(deps, shard, turn);
  const isInTrouble = archived.leftSinceMs !== undefined && deps.system.now() - archived.leftSinceMs > timing.archiveTroubleMs;
  return isInTrouble ? { ...archived, extended: await extendLeft(deps, shard, turn.extendUntilMs) } : archived;
}

async function archiveOrReport(deps: Deps, shard: ShardToArchive, turn: ArchiveTurn): Promise<QueueArchived> {
  try {
    return { ...nothingArchived, ...await archiveShard(deps, shard, turn) };
  } catch (fault) {
    if (!(fault instanceof StoreUnavailable || fault instanceof ObjectUnreadable)) throw fault;
    deps.report(fault);
    return { ...nothingArchived, failed: 1, leftSinceMs: await firstLeft(deps, shard, turn.beforeMs) };
  }
}

const sumOf = (a: QueueArchived, b: QueueArchived): QueueArchived =>
  ({ ...shardsTogether(a, b), extended: a.extended + b.extended, failed: a.failed + b.failed });
