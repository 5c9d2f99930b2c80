import type { Deps } from '../deps.ts';
import { topicName } from '../queue/names.ts';
import { type NameSearch, searchNames } from '../queue/search-names.ts';
import { viewByName, viewOf } from '../queue/view.ts';
import type { Subscription } from '../subscription.ts';
import { timing } from '../timing.ts';
import { subscriptionOf } from './topic-of.ts';

export interface SubscriptionSearch extends Omit<NameSearch, 'registry'> {
  readonly topic: string;
}

/**
 * Subscriptions of a topic that have a word in their name, ascending, and how many there are.
 * @throws CallerError `topicNotFound`
 */
export async function searchSubscriptions(
  deps: Deps, { topic, ...search }: SubscriptionSearch,
): Promise<{ readonly found: readonly Subscription[]; readonly total: number }> {
  const { definition } = await viewByName(deps, topicName(topic), timing.groupAgeMs);
  const { found, total } = await searchNames(deps, { registry: definition.incarnation, ...search });
  const views = await Promise.all(found.map(({ incarnation }) => viewOf(deps, incarnation, 0)));
  return { found: views.flatMap((view) => (view ? [subscriptionOf(view.definition)] : [])), total };
}
