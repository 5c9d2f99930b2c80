import type { Deps } from '../deps.ts';
import type { MessageContent } from '../message.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { messageIdAt, type Offset } from '../position.ts';
import { type BorrowingAt, borrowingsOver } from './borrowings.ts';
import { type Standing, standingOf } from './message-state.ts';
import { leasesOver, type OffsetRange, type Settled } from './outcomes.ts';
import { readerMemory } from './reader-memory.ts';
import { chainsInForce, isUnread, ownerOf } from './served-chains.ts';

export type StandingAt = (segment: Segment, content: MessageContent, offset: Offset) => Promise<Standing>;

/**
 * Where messages of a range stand: in a selection that has them to hand out again, otherwise in the chain
 * that they belong to. The leases over all of the range are read once for each such chain.
 */
export function standingsOver(deps: Deps, view: QueueView, range: OffsetRange): StandingAt {
  const nowMs = deps.system.now();
  const { settings } = view.definition;
  const chains = chainsInForce(view.group, nowMs) ?? view.group;
  const leases = new Map<string, Promise<readonly Lease[]>>();
  let borrowings: Promise<BorrowingAt> | undefined;
  return async (segment, content, offset) => {
    const position = { shard: range.shard, offset };
    const owner = await ownerOf(deps, view, chains, position);
    const known = leases.get(owner.chain.id) ?? leasesOver(deps, owner.chain.id, range);
    leases.set(owner.chain.id, known);
    const lease = leaseWith(await known, offset);
    const isGone = !lease && !await isUnread(deps, deps.memory.readers.getOrPut(owner.chain.id, readerMemory), view, owner, position);
    const standing = isGone ? gone : standingOf({ segment, content, lease, position: offset - (lease?.first ?? segment.base) }, settings, nowMs);
    const settled = settledOf(standing, lease);
    if (!settled) return standing;
    borrowings ??= borrowingsOver(deps, view, chains.sides, range);
    const borrowed = (await borrowings)({ ...content, messageId: messageIdAt(position), enqueuedAtMs: segment.enqueuedAtMs }, settled, offset);
    if (!borrowed || borrowed.kind === 'returned') return standing;
    const held = borrowed.kind === 'held' ? borrowed.lease : undefined;
    return standingOf({ segment, content, lease: held, position: offset - (held?.first ?? segment.base) }, settings, nowMs);
  };
}

const gone: Standing = { state: 'deleted', receiveCount: 0 };

const settledOf = ({ state }: Standing, lease: Lease | undefined): Settled | undefined =>
  (state === 'deleted' || state === 'deadLettered' ? { outcome: state, ...(lease && { leasedAtMs: lease.bornAtMs }) } : undefined);

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
