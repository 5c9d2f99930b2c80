import type { Deps } from '../deps.ts';
import type { Chain, Group, QueueView } from '../ports/queue-table.ts';
import { type EpochMs } from '../time.ts';
import { bounds } from '../timing.ts';
import type { ReaderMemory } from './reader-memory.ts';

/** The chain to deliver from; undefined from a purge's write until its effective time. */
export const chainInForce = (group: Group, nowMs: EpochMs): Chain | undefined =>
  (nowMs >= group.effectiveAtMs ? group.chain : undefined);

/** Shards with something to read: those that take appends, and those retired that are not read to the end. */
export async function shardsToRead(deps: Deps, memory: ReaderMemory, { definition, group }: QueueView): Promise<readonly string[]> {
  if (memory.retired?.version !== definition.version) {
    const { incarnation, version } = definition;
    const shards = await deps.queues.listRetiredShards(incarnation, group.drainedThrough, bounds.retiredShardsPerRead);
    memory.retired = { version, shards };
  }
  const undrained = memory.retired.shards
    .filter(({ id, version }) => version > group.drainedThrough && !group.drained.includes(id))
    .map(({ id }) => id);
  return [...new Set([...definition.shards.map(({ id }) => id), ...undrained])];
}
