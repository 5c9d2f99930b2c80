import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Definition } from '../ports/queue-table.ts';
import { historySeconds, type QueueSettings } from '../queue.ts';
import { changeDefinition } from '../queue/change-definition.ts';
import { changeQueue } from '../queue/change-queue.ts';
import { subscriptionName } from '../queue/names.ts';
import { viewByName } from '../queue/view.ts';
import { checkFilter } from '../check-filter.ts';
import type { ConsumeSettings, Subscription, SubscriptionSettings } from '../subscription.ts';
import type { FilterVersion, SubscriptionFilter } from '../subscription-filter.ts';
import { msAfter, secondsAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { subscriptionOf } from './topic-of.ts';

/** Absent: stays. `deadLetter: null` takes the policy away. */
export interface SubscriptionChanges {
  readonly settings?: Partial<Omit<ConsumeSettings, 'deadLetter'>> & { readonly deadLetter?: QueueSettings['deadLetter'] | null };
  readonly filter?: SubscriptionFilter;
}

export interface ChangeSubscriptionRequest {
  readonly topic: string;
  readonly name: string;
  readonly changes: SubscriptionChanges;
}

/**
 * Change a subscription. A new filter is for what is published some seconds later and from then on:
 * what is there already belongs to the subscription, or does not, as before.
 * @throws CallerError `subscriptionNotFound`, `topicNotFound`, `parameterOutOfRange`, `malformedRequest`,
 * `deadLetterQueueNotFound`, `tooManyFilterChanges`, `queueIsChanging`
 */
export async function changeSubscription(deps: Deps, { topic, name, changes }: ChangeSubscriptionRequest): Promise<Subscription> {
  if (changes.filter) checkFilter(changes.filter);
  const path = subscriptionName({ topic, subscription: name });
  const { definition } = await viewByName(deps, path, 0);
  if (changes.settings && Object.keys(changes.settings).length > 0) await changeQueue(deps, { name: path, changes: changes.settings });
  const historyMs = historySeconds(definition.settings) * 1000;
  return subscriptionOf(await changeDefinition(deps, definition.incarnation, (current) => withFilter(deps, current, changes.filter, historyMs)));
}

/** By what it lets through: the same parts in the same order. */
export const isSameFilter = (a: SubscriptionFilter, b: SubscriptionFilter): boolean => canonical(a) === canonical(b);

const canonical = ({ tags, bindingKeys, attributes }: SubscriptionFilter): string =>
  JSON.stringify([tags, bindingKeys, attributes && Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

function withFilter(
  deps: Deps, { subscription }: Definition, filter: SubscriptionFilter | undefined, historyMs: number,
): { readonly subscription: SubscriptionSettings; readonly changedAtMs: Definition['changedAtMs'] } | undefined {
  const last = subscription?.filters[subscription.filters.length - 1];
  if (!subscription || !last || !filter || isSameFilter(last.filter, filter)) return undefined;
  const nowMs = deps.system.now();
  const filters = [...stillNeeded(subscription.filters, secondsAfter(nowMs, -historyMs / 1000)), { fromMs: msAfter(nowMs, timing.effectiveDelayMs), filter }];
  if (filters.length > bounds.filterVersions) {
    throw new CallerError('tooManyFilterChanges', `the filter was changed ${bounds.filterVersions - 1} times within the topic's history, which is as often as is remembered`, {
      field: 'filter', max: bounds.filterVersions - 1, unit: 'changes',
    });
  }
  return { subscription: { ...subscription, filters }, changedAtMs: nowMs };
}

/** Those that messages of the history may have been published under. */
const stillNeeded = (filters: readonly FilterVersion[], sinceMs: number): readonly FilterVersion[] =>
  filters.filter((_, at) => (filters[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY) > sinceMs);
