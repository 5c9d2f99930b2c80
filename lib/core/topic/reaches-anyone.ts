import type { Deps } from '../deps.ts';
import type { Remembered } from '../process-memory.ts';
import { topicName } from '../queue/names.ts';
import { viewByName, viewOf } from '../queue/view.ts';
import { type Filterable, type SubscriptionFilter, subscriptionMatcher } from '../subscription-filter.ts';
import { timing } from '../timing.ts';

/** Whether a topic has subscriptions, and whether one of them would have a message. */
export type Reach = 'someone' | 'noneMatches' | 'noSubscription';

/** Filters of so many subscriptions are looked at; with more, somebody is taken to want whatever it is. */
const SUBSCRIPTIONS_MAX = 1000;

/**
 * Would anybody get a message published now? Answered from a list of filters that may be a minute old: what it
 * promises may have just been taken back. What it denies has been looked up again, at most once a second.
 * @throws CallerError `topicNotFound`
 */
export async function reachesAnyone(deps: Deps, topic: string, message: Filterable): Promise<Reach> {
  const { definition: { incarnation } } = await viewByName(deps, topicName(topic), timing.definitionAgeMs);
  const known = reachOf(await filtersOf(deps, incarnation, timing.definitionAgeMs), message);
  return known === 'someone' ? known : reachOf(await filtersOf(deps, incarnation, timing.groupAgeMs), message);
}

/** This process has changed a subscription of the topic. */
export async function forgetFilters(deps: Deps, topic: string): Promise<void> {
  const { definition: { incarnation } } = await viewByName(deps, topicName(topic), timing.definitionAgeMs);
  deps.memory.filters.delete(incarnation);
}

function reachOf(filters: readonly SubscriptionFilter[], message: Filterable): Reach {
  if (filters.length === 0) return 'noSubscription';
  const isWanted = filters.length > SUBSCRIPTIONS_MAX || filters.some((filter) => subscriptionMatcher(filter)(message));
  return isWanted ? 'someone' : 'noneMatches';
}

async function filtersOf(deps: Deps, topic: string, ageMs: number): Promise<readonly SubscriptionFilter[]> {
  const nowMs = deps.system.now();
  const known: Remembered<readonly SubscriptionFilter[]> | undefined = deps.memory.filters.get(topic);
  if (known && nowMs - known.atMs <= ageMs) return known.value;
  const entries = await deps.queues.listNames({ registry: topic, prefix: '', limit: SUBSCRIPTIONS_MAX + 1 });
  const views = await Promise.all(entries.map(({ incarnation }) => viewOf(deps, incarnation, timing.groupAgeMs)));
  const value = views.flatMap((view) => view?.definition.subscription?.filters.at(-1)?.filter ?? []);
  deps.memory.filters.set(topic, { value, atMs: nowMs });
  return value;
}
