import type { Deps } from '../deps.ts';
import type { MessageContent } from '../message.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { type Standing, standingOf } from './message-state.ts';
import { leasesOver, type OffsetRange } from './outcomes.ts';
import { readerMemory } from './reader-memory.ts';
import { chainsInForce, isUnread, ownerOf } from './served-chains.ts';

export type StandingAt = (segment: Segment, content: MessageContent, offset: Offset) => Promise<Standing>;

/**
 * Where messages of a range stand, each in the chain that it belongs to: the leases over all of the
 * range are read once for each such chain.
 */
export function standingsOver(deps: Deps, view: QueueView, range: OffsetRange): StandingAt {
  const nowMs = deps.system.now();
  const chains = chainsInForce(view.group, nowMs) ?? view.group;
  const leases = new Map<string, Promise<readonly Lease[]>>();
  return async (segment, content, offset) => {
    const position = { shard: range.shard, offset };
    const owner = await ownerOf(deps, view, chains, position);
    const known = leases.get(owner.chain.id) ?? leasesOver(deps, owner.chain.id, range);
    leases.set(owner.chain.id, known);
    const lease = leaseWith(await known, offset);
    const isGone = !lease && !await isUnread(deps, deps.memory.readers.getOrPut(owner.chain.id, readerMemory), view, owner, position);
    if (isGone) return { state: 'deleted', receiveCount: 0 };
    return standingOf({ segment, content, lease, position: offset - (lease?.first ?? segment.base) }, view.definition.settings, nowMs);
  };
}

/** Ascending by first offset, and never overlapping: the last that begins at or before an offset has it, or none. */
function leaseWith(leases: readonly Lease[], offset: Offset): Lease | undefined {
  let [low, high] = [0, leases.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((leases[middle]?.first ?? offset) <= offset) low = middle + 1;
    else high = middle;
  }
  const lease = leases[low - 1];
  return lease && offset < lease.end ? lease : undefined;
}
