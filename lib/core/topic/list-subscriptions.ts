import type { Deps } from '../deps.ts';
import { type ListRequest, listNamed } from '../queue/list-queues.ts';
import { topicName } from '../queue/names.ts';
import { viewByName } from '../queue/view.ts';
import type { Subscription } from '../subscription.ts';
import { timing } from '../timing.ts';
import { subscriptionOf } from './topic-of.ts';

export interface ListSubscriptionsAnswer {
  readonly subscriptions: readonly Subscription[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/**
 * Subscriptions of a topic by name, ascending. Made or deleted meanwhile: may or may not be there.
 * @throws CallerError `topicNotFound`, `parameterOutOfRange`
 */
export async function listSubscriptions(deps: Deps, { topic, ...request }: ListRequest & { readonly topic: string }): Promise<ListSubscriptionsAnswer> {
  const view = await viewByName(deps, topicName(topic), timing.groupAgeMs);
  const { found, ...rest } = await listNamed(deps, view.definition.incarnation, request);
  return { subscriptions: found.map(subscriptionOf), ...rest };
}
