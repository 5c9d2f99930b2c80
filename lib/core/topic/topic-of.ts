import type { Definition } from '../ports/queue-table.ts';
import type { Queue } from '../queue.ts';
import { parseName } from '../queue/names.ts';
import type { Subscription } from '../subscription.ts';
import type { Topic } from '../topic.ts';

/** A topic, of the definition that it is stored as. */
export function topicOf({ name, incarnation, createdAtMs, changedAtMs, settings, notes }: Queue): Topic {
  const { retentionSeconds, rewindSeconds, delaySeconds, maxMessageBytes, inlineSegmentBytes } = settings;
  const named = parseName(name);
  return {
    name: named.kind === 'queue' ? named.queue : named.topic, incarnation, createdAtMs, changedAtMs,
    settings: { retentionSeconds, rewindSeconds, delaySeconds, maxMessageBytes, inlineSegmentBytes },
    ...(notes ? { notes } : {}),
  };
}

/** A subscription, of the definition that it is stored as. */
export function subscriptionOf({ name, incarnation, createdAtMs, changedAtMs, settings, subscription }: Definition): Subscription {
  const named = parseName(name);
  if (named.kind !== 'subscription' || !subscription) throw new Error(`${name} is not a subscription`);
  const { visibilityTimeoutSeconds, receiveWaitSeconds, deadLetter } = settings;
  return {
    topic: named.topic, name: named.subscription, incarnation, createdAtMs, changedAtMs,
    settings: { visibilityTimeoutSeconds, receiveWaitSeconds, ...(deadLetter ? { deadLetter } : {}) },
    filter: subscription.filters[subscription.filters.length - 1]?.filter ?? {},
    ...(subscription.push ? { push: subscription.push } : {}),
  };
}
