import type { Deps } from '../deps.ts';
import type { Delivery } from '../message.ts';
import { messageIdAt } from '../position.ts';
import type { Deliverable } from './pull.ts';
import { formatHandle } from './receipt-handle.ts';

/** What the consumer gets: never a message whose time is up already, since another may have it by now. */
export function deliver(deps: Deps, incarnation: string, won: readonly Deliverable[]): readonly Delivery[] {
  const nowMs = deps.system.now();
  return won.filter(({ hold }) => nowMs < hold.dueAtMs).map((deliverable) => deliveryOf(deps, incarnation, deliverable));
}

function deliveryOf(deps: Deps, incarnation: string, { lease, hold, segment, content, position }: Deliverable): Delivery {
  const { chain, shard, first } = lease;
  const range = hold.held.kind === 'range' ? { range: { from: hold.held.from, end: hold.held.end } } : {};
  return {
    ...content,
    messageId: messageIdAt({ shard, offset: first + position }),
    enqueuedAtMs: segment.enqueuedAtMs,
    receiptHandle: formatHandle(deps.signer, incarnation, { chain, shard, first, leaseId: hold.leaseId, position, ...range }),
    firstReceivedAtMs: hold.firstReceivedAtMs,
    receiveCount: hold.receiveCount,
    visibleAtMs: hold.dueAtMs,
  };
}
