import type { Deps } from '../deps.ts';
import type { Delivery } from '../message.ts';
import type { Hold, Lease } from '../ports/lease-table.ts';
import { messageIdAt } from '../position.ts';
import type { Deliverable } from './pull.ts';
import { handlesOf, type ReceivedTogether } from './receipt-handle.ts';

/** What the consumer gets: never a message whose time is up already, since another may have it by now. */
export function deliver(deps: Deps, incarnation: string, won: readonly Deliverable[]): readonly Delivery[] {
  const nowMs = deps.system.now();
  const handles = new Map<Hold, (position: number) => string>();
  return won.filter(({ hold }) => nowMs < hold.dueAtMs).map((deliverable) => {
    const { lease, hold } = deliverable;
    const handleAt = handles.get(hold) ?? handlesOf(deps.signer, incarnation, receiveOf(lease, hold));
    handles.set(hold, handleAt);
    return deliveryOf(deliverable, handleAt(deliverable.position));
  });
}

function receiveOf({ chain, shard, first }: Lease, { leaseId, held }: Hold): ReceivedTogether {
  return { chain, shard, first, leaseId, ...(held.kind === 'range' ? { range: { from: held.from, end: held.end } } : {}) };
}

const deliveryOf = ({ lease, hold, segment, content, position }: Deliverable, receiptHandle: string): Delivery => ({
  ...content,
  messageId: messageIdAt({ shard: lease.shard, offset: lease.first + position }),
  enqueuedAtMs: segment.enqueuedAtMs,
  receiptHandle,
  firstReceivedAtMs: hold.firstReceivedAtMs,
  receiveCount: hold.receiveCount,
  visibleAtMs: hold.dueAtMs,
});
