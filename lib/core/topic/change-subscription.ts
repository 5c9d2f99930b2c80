import { checkFilter } from '../check-filter.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Definition } from '../ports/queue-table.ts';
import { type PushRequest, pushSettings, type PushSettings, refuseSameQueue, registerDelivery } from '../push/push-settings.ts';
import { forgetPushed, notePushed } from '../push/pushed-subscriptions.ts';
import { restartPush } from '../push/wake-push.ts';
import { historySeconds, type QueueSettings } from '../queue.ts';
import { changeDefinition, type DefinitionChange } from '../queue/change-definition.ts';
import { changeQueue } from '../queue/change-queue.ts';
import { subscriptionName } from '../queue/names.ts';
import { forgetFormer } from '../queue/sources.ts';
import { viewByName } from '../queue/view.ts';
import type { Subscription, SubscriptionSettings } from '../subscription.ts';
import type { FilterVersion, SubscriptionFilter } from '../subscription-filter.ts';
import { msAfter, secondsAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { deadLetterOf, type RequestedDeadLetter } from './dead-letter-of.ts';
import { subscriptionOf } from './topic-of.ts';

/** Absent: stays. */
export interface SubscriptionChanges {
  /** `deadLetter: null` takes the policy away. */
  readonly settings?: Partial<Pick<QueueSettings, 'visibilityTimeoutSeconds' | 'receiveWaitSeconds'>> & { readonly deadLetter?: RequestedDeadLetter | null };
  readonly filter?: SubscriptionFilter;
  /** `null`: it is pulled from now on. */
  readonly push?: Partial<PushRequest> | null;
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
 * `deadLetterQueueNotFound`, `tooManyFilterChanges`, `queueIsChanging`, and what `pushSettings` throws
 */
export async function changeSubscription(deps: Deps, { topic, name, changes }: ChangeSubscriptionRequest): Promise<Subscription> {
  if (changes.filter) checkFilter(changes.filter);
  const path = subscriptionName({ topic, subscription: name });
  const { definition, topicDelayShards = [] } = await viewByName(deps, path, 0);
  const push = await pushAfter(deps, definition, changes);
  const settings = settingsAfter(definition, changes, push);
  const history: History = { ms: historySeconds(definition.settings) * 1000, isOutlived: topicDelayShards.length > 0 };
  // Refused as a whole: of a request that is too much, nothing is done.
  if (changes.filter) filtersAfter(deps, definition.subscription?.filters ?? [], { filter: changes.filter, history });
  if (push && changes.push) await notePushed(deps, definition);
  if (Object.keys(settings).length > 0) await changeQueue(deps, { name: path, changes: settings });
  // Only now: of a queue that was the dead-letter queue before, it was forgotten just now.
  if (changes.push) await registerDelivery(deps, definition, push);
  const changed = await changeDefinition(deps, definition.incarnation, (current) => changeOf(deps, current, { filter: changes.filter, push: changes.push === undefined ? 'asItIs' : push, history }));
  if (definition.subscription?.push && !push) await forgetPushed(deps, definition);
  await forgetFormer(deps, definition, changed);
  if (push && changes.push) await restartPush(deps, definition.incarnation);
  return subscriptionOf(changed);
}

async function pushAfter(deps: Deps, { subscription, settings }: Definition, { push, settings: said }: SubscriptionChanges): Promise<PushSettings | undefined> {
  const before = subscription?.push;
  const deadLetter = said?.deadLetter === undefined ? settings.deadLetter : said.deadLetter;
  if (push === undefined) {
    if (before) refuseSameQueue(before.delivery, deadLetter?.queue);
    return before;
  }
  if (push === null) return undefined;
  const delivery = push.delivery ?? before?.delivery;
  if (!delivery) throw new CallerError('malformedRequest', 'retry: only a pushed subscription has a retry policy', { field: 'retry' });
  return pushSettings(deps, { ...before, ...push, delivery }, { before, deadLetterQueue: deadLetter?.queue });
}

/** With another retry policy a dead letter is one after another number of attempts; without one, that is to be said. */
function settingsAfter({ settings: { deadLetter: before }, subscription }: Definition, { settings = {}, push: pushed }: SubscriptionChanges, push: PushSettings | undefined) {
  const { deadLetter, ...rest } = settings;
  if (deadLetter === null) return { ...rest, deadLetter };
  if (deadLetter) return { ...rest, deadLetter: deadLetterOf(deadLetter, push?.retry) };
  const isOtherwise = pushed !== undefined && (push ?? subscription?.push) !== undefined;
  return isOtherwise && before ? { ...rest, deadLetter: deadLetterOf({ queue: before.queue }, push?.retry) } : rest;
}

/** By what it lets through, in whatever order it is told. */
export const isSameFilter = (a: SubscriptionFilter, b: SubscriptionFilter): boolean => canonical(a) === canonical(b);

const canonical = ({ tags, bindingKeys, attributes }: SubscriptionFilter): string =>
  JSON.stringify([tags?.toSorted(), bindingKeys?.toSorted(), attributes && Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

interface Wanted {
  readonly filter: SubscriptionFilter | undefined;
  /** `asItIs`: it may have been confirmed meanwhile. */
  readonly push: PushSettings | undefined | 'asItIs';
  readonly history: History;
}

/** Of the topic. */
interface History {
  readonly ms: number;
  /** Something was published for later: that may be due when the history of its publication has long ended. */
  readonly isOutlived: boolean;
}

function changeOf(deps: Deps, { subscription }: Definition, wanted: Wanted): DefinitionChange | undefined {
  if (!subscription) return undefined;
  const filters = filtersAfter(deps, subscription.filters, wanted);
  const push = wanted.push === 'asItIs' ? subscription.push : wanted.push;
  const isSame = filters === subscription.filters && JSON.stringify(push) === JSON.stringify(subscription.push);
  const next: SubscriptionSettings = { filters, ...(push ? { push } : {}) };
  return isSame ? undefined : { subscription: next, changedAtMs: deps.system.now() };
}

function filtersAfter(deps: Deps, before: readonly FilterVersion[], { filter, history }: Pick<Wanted, 'filter' | 'history'>): readonly FilterVersion[] {
  const last = before[before.length - 1];
  if (!last || !filter || isSameFilter(last.filter, filter)) return before;
  const nowMs = deps.system.now();
  const filters = [...stillNeeded(before, secondsAfter(nowMs, -history.ms / 1000), history), { fromMs: msAfter(nowMs, timing.effectiveDelayMs), filter }];
  if (filters.length <= bounds.filterVersions) return filters;
  throw new CallerError('tooManyFilterChanges', `the filter was changed ${bounds.filterVersions - 1} times within the topic's history, which is as often as is remembered`, {
    field: 'filter', max: bounds.filterVersions - 1, unit: 'changes',
  });
}

/**
 * Those that messages of the history may have been published under; and of those before, which are asked only about
 * what waits for its time since, as many as are remembered.
 */
function stillNeeded(filters: readonly FilterVersion[], sinceMs: number, { isOutlived }: History): readonly FilterVersion[] {
  const needed = filters.filter((_, at) => (filters[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY) > sinceMs);
  return filters.slice(-Math.max(needed.length, isOutlived ? bounds.filterVersions - 1 : 0));
}
