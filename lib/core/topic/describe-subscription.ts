import type { Deps } from '../deps.ts';
import { hasEverything } from '../group/own-messages.ts';
import { countsOf, type QueueCounts } from '../queue/describe-queue.ts';
import { subscriptionName } from '../queue/names.ts';
import { viewByName } from '../queue/view.ts';
import type { Subscription } from '../subscription.ts';
import { subscriptionOf } from './topic-of.ts';

export interface SubscriptionCounts extends QueueCounts {
  /** How much of what nobody has looked at is its own is reckoned from a sample. */
  readonly estimated: boolean;
}

/**
 * A subscription's settings, and how many messages stand where.
 * @throws CallerError `topicNotFound`, `subscriptionNotFound`
 */
export async function describeSubscription(
  deps: Deps, { topic, name }: { readonly topic: string; readonly name: string },
): Promise<{ readonly subscription: Subscription; readonly counts: SubscriptionCounts }> {
  const view = await viewByName(deps, subscriptionName({ topic, subscription: name }), 0);
  const counts = await countsOf(deps, view);
  return { subscription: subscriptionOf(view.definition), counts: { ...counts, estimated: !hasEverything(view, deps.system.now()) } };
}
