import type { Deps } from '../deps.ts';
import type { Chain, Chains, Group, QueueView, RetiredShard, SideChain } from '../ports/queue-table.ts';
import type { Position } from '../position.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { type Bound, boundIn, retirementsOf } from './reach.ts';
import { readerMemory, type ReaderMemory } from './reader-memory.ts';

/** A chain that consumers are served from. */
export interface Served {
  readonly chain: Chain;
  /** Absent for the main chain, which has everything from its starts on. */
  readonly side?: SideChain;
}

/**
 * The chains in force. Until a rewind takes effect those before it are, then those after it, and neither
 * for as long as clocks may differ; between a purge and its effect none is.
 */
export function chainsInForce(group: Group, nowMs: EpochMs): Chains | undefined {
  if (nowMs >= group.effectiveAtMs) return group;
  return group.previous && nowMs < msAfter(group.effectiveAtMs, -timing.clockSkewMs) ? group.previous : undefined;
}

/** The main chain first, then the side chains that are not finished. */
export const servedOf = ({ chain, sides }: Chains): readonly Served[] =>
  [{ chain }, ...sides.filter(({ finishedAtMs }) => finishedAtMs === undefined).map((side) => ({ chain: side.chain, side }))];

/** Shards with something to read in a chain. */
export async function shardsToRead(deps: Deps, memory: ReaderMemory, view: QueueView, { chain, side }: Served): Promise<readonly string[]> {
  const retired = await retiredShards(deps, memory, view, side ? 0 : chain.drainedThrough);
  // Delayed messages are found by the alarms of the chain that owns their shard.
  const foreign = retired.filter(({ owner }) => owner !== chain.id);
  const retirements = retirementsOf(retired);
  const isDrained = (id: string): boolean => {
    const version = retirements.get(id);
    return version !== undefined && (version <= chain.drainedThrough || chain.drained.includes(id));
  };
  const undrained = foreign.map(({ id }) => id).filter((id) => !isDrained(id));
  if (!side) return [...new Set([...view.definition.shards.map(({ id }) => id), ...undrained])];
  const boundOf = await boundsOf(deps, memory, view, side);
  const own = new Set(retired.filter(({ owner }) => owner === chain.id).map(({ id }) => id));
  const named = Object.keys(side.reach.until).filter((id) => !own.has(id) && !isDrained(id));
  return [...new Set([...named, ...undrained])].filter((id) => boundOf(id) > 0);
}

/** Where a side chain ends, by shard. */
export async function boundsOf(deps: Deps, memory: ReaderMemory, view: QueueView, { reach }: SideChain): Promise<(shard: string) => Bound> {
  const retirements = retirementsOf(await retiredShards(deps, memory, view, 0));
  return (shard) => boundIn(reach, shard, retirements);
}

/** Retired shards with something left of their history, remembered as long as none was added. */
async function retiredShards(
  deps: Deps, memory: ReaderMemory, { definition: { incarnation, version } }: QueueView, afterVersion: number,
): Promise<readonly RetiredShard[]> {
  if (memory.retired?.version !== version || memory.retired.afterVersion > afterVersion) {
    memory.retired = { version, afterVersion, shards: await listRetired(deps, logOf(incarnation), afterVersion) };
  }
  return memory.retired.shards;
}

/** All of a version above `afterVersion`. */
export async function listRetired(deps: Deps, incarnation: string, afterVersion: number): Promise<readonly RetiredShard[]> {
  const found = new Map<string, RetiredShard>();
  for (let after = afterVersion; ;) {
    const page = await deps.queues.listRetiredShards(incarnation, after, bounds.retiredShardsPerRead);
    for (const shard of page) found.set(`${shard.version} ${shard.id}`, shard);
    const last = page[page.length - 1];
    if (!last || page.length < bounds.retiredShardsPerRead) return [...found.values()];
    // A page may end in the middle of what was retired together.
    after = last.version - 1;
  }
}

/** The chain that a message belongs to: a leftover that has it, or the main one. A selection only borrows messages. */
export async function ownerOf(deps: Deps, view: QueueView, chains: Chains, { shard, offset }: Position): Promise<Served> {
  for (const side of chains.sides) {
    if (side.kind === 'selection' || offset < (side.chain.starts[shard] ?? 0)) continue;
    const boundOf = await boundsOf(deps, deps.memory.readers.getOrPut(side.chain.id, readerMemory), view, side);
    if (offset < boundOf(shard)) return { chain: side.chain, side };
  }
  return { chain: chains.chain };
}

/**
 * Will the chain still come to a message that it has no lease of? Otherwise it is behind its start, or was purged,
 * or is below a rewind and of a shard that only a leftover before this one had, which is forgotten by now.
 */
export async function isUnread(deps: Deps, memory: ReaderMemory, view: QueueView, { chain, side }: Served, { shard, offset }: Position): Promise<boolean> {
  if (side?.finishedAtMs !== undefined) return false;
  if (offset < (chain.starts[shard] ?? 0)) return false;
  const isOpen = [...view.definition.shards, ...view.group.delayShards].some(({ id }) => id === shard);
  if (isOpen) return true;
  const noted = (await retiredShards(deps, memory, view, 0)).filter(({ id }) => id === shard);
  return noted.some(({ owner, version }) => owner === chain.id || (version > chain.drainedThrough && !chain.drained.includes(shard)));
}
