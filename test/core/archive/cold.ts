import { archiveQueues } from '../../../lib/housekeeping/archive-queues.ts';
import { listRetired } from '../../../lib/core/group/served-chains.ts';
import type { Segment } from '../../../lib/core/ports/log-table.ts';
import { segmentKey } from '../../../lib/storage/items/keys.ts';
import type { MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf } from '../inside.ts';
import { newQueue, type QueueCalls } from '../queue-calls.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A queue whose history outlives the table. */
export const longLived = (deps: MemoryDeps, more: Parameters<typeof newQueue>[1] = {}): Promise<QueueCalls> =>
  newQueue(deps, { retentionSeconds: 30 * 86_400, rewindSeconds: 30 * 86_400, ...more });

/** One turn of the archiver, with all the time it needs. */
export const archive = (deps: MemoryDeps, more: Partial<Parameters<typeof archiveQueues>[1]> = {}) =>
  archiveQueues(deps, { turnMs: HOUR_MS, ...more });

/** Every segment of a queue that is in the table. */
export async function segmentsOf(deps: MemoryDeps, name?: string): Promise<readonly Segment[]> {
  const inside = await insideOf(deps, name);
  const { definition, group } = await inside.view();
  const former = await listRetired(deps, inside.incarnation, 0);
  const ids = [...new Set([...definition.shards, ...group.delayShards, ...former].map(({ id }) => id))];
  return (await Promise.all(ids.map((id) => inside.segments(id)))).flat();
}

/** What TTL does: the table lets go of what it may. Answers how many segments went. */
export async function expire(deps: MemoryDeps, name?: string): Promise<number> {
  const gone = (await segmentsOf(deps, name)).filter(({ removableAtMs }) => removableAtMs <= deps.clock.now());
  for (const segment of gone) await deps.world.table.remove(segmentKey(segment));
  return gone.length;
}

/** Archived, and gone from the table. */
export async function cool(deps: MemoryDeps): Promise<void> {
  deps.clock.advance(2 * DAY_MS);
  await archive(deps);
  deps.clock.advance(7 * DAY_MS);
  await expire(deps);
}

/** Keys of the objects that the manifests of a queue name. */
export async function objectsOf(deps: MemoryDeps, name?: string): Promise<readonly string[]> {
  const inside = await insideOf(deps, name);
  const { definition } = await inside.view();
  const lists = await Promise.all(definition.shards.map(({ id }) =>
    deps.archive.listManifests({ log: inside.incarnation, shard: id, from: 0, limit: 1000 })));
  return lists.flat().map(({ objectKey }) => objectKey);
}
