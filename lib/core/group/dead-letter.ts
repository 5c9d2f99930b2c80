import type { Deps } from '../deps.ts';
import { appendToLog } from '../log/append.ts';
import type { DeadLetterOrigin, MessageContent } from '../message.ts';
import type { Hold, Lease } from '../ports/lease-table.ts';
import { messageIdAt } from '../position.ts';
import { wakeSleepers } from '../process-memory.ts';
import { historySeconds } from '../queue.ts';
import { readyLane } from '../queue/ready-lane.ts';
import { viewByName, viewOf } from '../queue/view.ts';
import { timing } from '../timing.ts';
import { positionsOf } from './holds.ts';
import type { LeaseMessages } from './lease-messages.ts';
import type { Pull } from './pull.ts';
import { settleDeadLetters } from './settle.ts';

/**
 * Messages that were received too often go to the dead-letter queue: taken under an id of the mover's
 * own first, then appended there, then settled here. In that order a crash may duplicate, never lose
 * (storage-breaks.md B11): what was not settled falls due again after the mover's hold.
 * A fault is reported, not thrown: it must not cost the consumer the messages it did win.
 */
export async function moveToDeadLetters(
  deps: Deps, pull: Pull, lease: Lease, deadHolds: readonly Hold[], messages: LeaseMessages,
): Promise<void> {
  for (const hold of deadHolds) {
    try {
      await moveHold(deps, pull, lease, hold, messages);
    } catch (error) {
      deps.report(error);
    }
  }
}

/** Append, then settle. What there is too little time left for stays, and falls due again. */
export async function moveHold(deps: Deps, pull: Pull, lease: Lease, hold: Hold, messages: Pick<LeaseMessages, 'found'>): Promise<void> {
  const policy = pull.settings.deadLetter;
  const source = await viewOf(deps, pull.incarnation, timing.definitionAgeMs);
  if (!policy || !source) return;
  const target = await viewByName(deps, policy.queue, timing.definitionAgeMs);
  if (deps.system.now() > hold.dueAtMs - timing.moverMarginMs) return;
  const reason = pull.unconsumedSinceMs === undefined ? 'maxReceiveCount' : 'maxAgeSeconds';

  const contents = positionsOf(hold.held).flatMap((position): MessageContent[] => {
    const message = messages.found.get(position);
    if (!message) return [];
    const origin: DeadLetterOrigin = {
      queue: source.definition.name, incarnation: pull.incarnation,
      messageId: messageIdAt({ shard: lease.shard, offset: lease.first + position }),
      enqueuedAtMs: message.segment.enqueuedAtMs, receiveCount: hold.receiveCount, reason,
    };
    const { dueAtMs: _due, origin: _before, ...content } = message.content;
    return [{ ...content, origin }];
  });
  const { settings } = target.definition;
  await appendToLog(deps, readyLane(deps, target), {
    appendId: deps.system.newId(), messages: contents, retentionSeconds: historySeconds(settings), inlineSegmentBytes: settings.inlineSegmentBytes,
  });
  wakeSleepers(deps.memory, target.definition.incarnation);
  await settleDeadLetters(deps, lease, hold);
}
