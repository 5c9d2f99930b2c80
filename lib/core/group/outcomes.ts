import type { Deps } from '../deps.ts';
import { endOf } from '../log/segment.ts';
import type { Outcome } from '../message-filter.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Chains, QueueView } from '../ports/queue-table.ts';
import type { Offset, Position } from '../position.ts';
import type { EpochMs } from '../time.ts';
import { bounds } from '../timing.ts';
import { holdsPosition } from './holds.ts';
import { readerMemory } from './reader-memory.ts';
import { isUnread, ownerOf, type Served } from './served-chains.ts';

/** A message that is not to be delivered any more. */
export interface Settled {
  readonly outcome: Outcome;
  /** When consumers came to it; absent: its chain never did, or it was long ago. */
  readonly leasedAtMs?: EpochMs;
}

/** What became of the messages of a segment, by position; undefined for those that are still to be delivered. */
export const outcomesIn = async (deps: Deps, view: QueueView, chains: Chains, segment: Segment): Promise<readonly (Outcome | undefined)[]> =>
  (await settledIn(deps, view, chains, segment)).map((settled) => settled?.outcome);

/** The same, with since when. */
export async function settledIn(deps: Deps, view: QueueView, chains: Chains, segment: Segment): Promise<readonly (Settled | undefined)[]> {
  const leases = new Map<string, readonly Lease[]>();
  const settled: (Settled | undefined)[] = [];
  for (let offset = segment.base; offset < endOf(segment); offset += 1) {
    const position = { shard: segment.shard, offset };
    const owner = await ownerOf(deps, view, chains, position);
    const known = leases.get(owner.chain.id) ?? await leasesOver(deps, owner.chain.id, segment);
    leases.set(owner.chain.id, known);
    settled.push(await settledAt(deps, view, owner, known, position));
  }
  return settled;
}

async function settledAt(
  deps: Deps, view: QueueView, owner: Served, leases: readonly Lease[], { shard, offset }: Position,
): Promise<Settled | undefined> {
  const lease = leases.find(({ first, end }) => first <= offset && offset < end);
  if (lease) {
    const position = offset - lease.first;
    if (lease.holds.some(({ held }) => holdsPosition(held, position))) return undefined;
    return { outcome: lease.deadLettered.includes(position) ? 'deadLettered' : 'deleted', leasedAtMs: lease.bornAtMs };
  }
  const memory = deps.memory.readers.getOrPut(owner.chain.id, readerMemory);
  return await isUnread(deps, memory, view, owner, { shard, offset }) ? undefined : { outcome: 'deleted' };
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
