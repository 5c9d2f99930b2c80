import type { Deps } from '../deps.ts';
import { endOf } from '../log/segment.ts';
import type { Outcome } from '../message-filter.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Chains, QueueView } from '../ports/queue-table.ts';
import type { Offset, Position } from '../position.ts';
import { bounds } from '../timing.ts';
import { holdsPosition } from './holds.ts';
import { readerMemory } from './reader-memory.ts';
import { isUnread, ownerOf, type Served } from './served-chains.ts';

/** What became of the messages of a segment, by position; undefined for those that are still to be delivered. */
export async function outcomesIn(deps: Deps, view: QueueView, chains: Chains, segment: Segment): Promise<readonly (Outcome | undefined)[]> {
  const leases = new Map<string, readonly Lease[]>();
  const outcomes: (Outcome | undefined)[] = [];
  for (let offset = segment.base; offset < endOf(segment); offset += 1) {
    const position = { shard: segment.shard, offset };
    const owner = await ownerOf(deps, view, chains, position);
    const known = leases.get(owner.chain.id) ?? await leasesOver(deps, owner.chain.id, segment);
    leases.set(owner.chain.id, known);
    outcomes.push(await outcomeAt(deps, view, owner, known, position));
  }
  return outcomes;
}

async function outcomeAt(
  deps: Deps, view: QueueView, owner: Served, leases: readonly Lease[], { shard, offset }: Position,
): Promise<Outcome | undefined> {
  const lease = leases.find(({ first, end }) => first <= offset && offset < end);
  if (lease) {
    const position = offset - lease.first;
    if (lease.holds.some(({ held }) => holdsPosition(held, position))) return undefined;
    return lease.deadLettered.includes(position) ? 'deadLettered' : 'deleted';
  }
  const memory = deps.memory.readers.getOrPut(owner.chain.id, readerMemory);
  return await isUnread(deps, memory, view, owner, { shard, offset }) ? undefined : 'deleted';
}

/** A range of offsets of one shard. */
export type OffsetRange = Pick<Segment, 'shard' | 'base' | 'count'>;

/** The leases that cover a range: the one that begins at or before it, and those that begin in it. */
export async function leasesOver(deps: Deps, chain: string, { shard, base, count }: OffsetRange): Promise<readonly Lease[]> {
  const first = await deps.leases.lastLease(chain, shard, base);
  const leases = first ? [first] : [];
  for (let from: Offset = base + 1; from < base + count;) {
    const page = await deps.leases.listLeases({ chain, shard, from, limit: bounds.sweepLeases, consistent: true });
    leases.push(...page);
    const last = page[page.length - 1];
    if (!last || page.length < bounds.sweepLeases) break;
    from = last.first + 1;
  }
  return leases;
}
