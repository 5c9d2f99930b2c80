import { checkFilter } from '../check-filter.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { listRetired } from '../group/served-chains.ts';
import type { Definition, Group, QueueView } from '../ports/queue-table.ts';
import { isSamePush, type PushRequest, pushSettings, type PushSettings } from '../push/push-settings.ts';
import { forgetPushed, notePushed } from '../push/pushed-subscriptions.ts';
import { defaultRetryPolicy } from '../push/retry-policy.ts';
import { wakePush } from '../push/wake-push.ts';
import { historySeconds, type QueueSettings } from '../queue.ts';
import { chainStart, type StartPoint } from '../queue/chain-starts.ts';
import { createNamed, existingNamed } from '../queue/create-named.ts';
import { newDefinition, newGroup } from '../queue/create-queue.ts';
import { subscriptionName, topicName } from '../queue/names.ts';
import { pointOf, type RewindFrom } from '../queue/rewind-window.ts';
import { checkName, checkSettings, isSameSettings, withDefaults } from '../queue/settings.ts';
import { viewByName } from '../queue/view.ts';
import { type ConsumeSettings, type Subscription, subscriptionIncarnation } from '../subscription.ts';
import type { SubscriptionFilter } from '../subscription-filter.ts';
import { epochMs, isoText, secondsAfter } from '../time.ts';
import { isSameFilter } from './change-subscription.ts';
import { deadLetterOf, type RequestedDeadLetter } from './dead-letter-of.ts';
import { subscriptionOf } from './topic-of.ts';

/** Of a pushed one the dead-letter policy has no number: its retry policy has. */
export type SubscriptionRequestSettings = Partial<Omit<ConsumeSettings, 'deadLetter'>> & { readonly deadLetter?: RequestedDeadLetter };

export interface CreateSubscriptionRequest {
  readonly topic: string;
  readonly name: string;
  /** Omitted ones take the defaults of a queue. */
  readonly settings: SubscriptionRequestSettings;
  /** Empty: everything. */
  readonly filter: SubscriptionFilter;
  /** Absent: it is pulled. */
  readonly push?: PushRequest;
  /** Where in the topic's history it begins; absent: with what is published from now on. */
  readonly from?: RewindFrom;
}

export interface CreateSubscriptionAnswer {
  readonly subscription: Subscription;
  /** false: one of that name with the same settings was there; where it began is not compared. */
  readonly created: boolean;
}

/**
 * Make a subscription: one more reader of the topic's log. Nothing is copied, and publishing costs what it did.
 * @throws CallerError `topicNotFound`, `parameterOutOfRange`, `malformedRequest`, `messageNotFound`,
 * `subscriptionExistsWithOtherSettings`, `deadLetterQueueNotFound`, `queueIsChanging`, and what `pushSettings` throws
 */
export async function createSubscription(deps: Deps, request: CreateSubscriptionRequest): Promise<CreateSubscriptionAnswer> {
  checkName(request.name);
  checkFilter(request.filter);
  const topic = await viewByName(deps, topicName(request.topic), 0);
  // It shares how long messages are kept with its topic.
  checkSettings({ ...settingsOf(request), retentionSeconds: topic.definition.settings.retentionSeconds });
  const existing = await existingNamed(deps, nameOf(request));
  if (existing) {
    const answer = sameOrRefused(existing, request);
    // Whoever made it may have died before this.
    if (request.push) await wakePush(deps, existing.incarnation);
    return answer;
  }
  const point = await startOf(deps, topic, request);
  const incarnation = subscriptionIncarnation(topic.definition.incarnation, deps.system.newId());
  const planned = definitionOf(deps, incarnation, request, await pushOf(deps, request));
  if (request.push) await notePushed(deps, planned);
  const { definition, created } = await createNamed(deps, { definition: planned, group: await groupFrom(deps, topic, incarnation, point) });
  if (request.push) await (created ? wakePush(deps, incarnation) : forgetPushed(deps, planned));
  return created ? { subscription: subscriptionOf(definition), created } : sameOrRefused(definition, request);
}

/** How often a pushed message is tried before it becomes a dead letter is its retry policy's to say. */
const settingsOf = ({ settings: { deadLetter, ...settings }, push }: Pick<CreateSubscriptionRequest, 'settings' | 'push'>): QueueSettings =>
  withDefaults({ ...settings, ...(deadLetter ? { deadLetter: deadLetterOf(deadLetter, push?.retry ?? (push && defaultRetryPolicy)) } : {}) });

const pushOf = async (deps: Deps, { push, settings }: CreateSubscriptionRequest): Promise<PushSettings | undefined> =>
  push && pushSettings(deps, push, { before: undefined, deadLetterQueue: settings.deadLetter?.queue });

const nameOf = ({ topic, name }: CreateSubscriptionRequest): string => subscriptionName({ topic, subscription: name });

function sameOrRefused(definition: Definition, request: CreateSubscriptionRequest): CreateSubscriptionAnswer {
  const subscription = subscriptionOf(definition);
  // What a subscription shares with its topic is compared as the topic has it.
  const isSame = isSameSettings(withDefaults(subscription.settings), settingsOf(request))
    && isSameFilter(subscription.filter, request.filter) && isSamePush(request.push, subscription);
  if (isSame) return { subscription, created: false };
  const { topic, name } = request;
  throw new CallerError('subscriptionExistsWithOtherSettings', `a subscription named ${name} of ${topic} exists with other settings; PATCH changes them`, {
    topic, subscription: name,
  });
}

function definitionOf(deps: Deps, incarnation: string, request: CreateSubscriptionRequest, push: PushSettings | undefined): Definition {
  return {
    ...newDefinition(deps, nameOf(request), incarnation, settingsOf(request)),
    shards: [], subscription: { filters: [{ fromMs: epochMs(0), filter: request.filter }], ...(push ? { push } : {}) },
  };
}

async function startOf(deps: Deps, topic: QueueView, { from }: CreateSubscriptionRequest): Promise<StartPoint> {
  const nowMs = deps.system.now();
  if (!from) return { atMs: nowMs };
  const point = await pointOf(deps, topic, from);
  const firstMs = secondsAfter(nowMs, -historySeconds(topic.definition.settings));
  if (point.atMs >= firstMs && point.atMs <= nowMs) return point;
  const [first, last] = [isoText(firstMs), isoText(nowMs)];
  throw new CallerError('parameterOutOfRange', `from must lie in the topic's history, from ${first} to ${last}`, { field: 'from', first, last });
}

async function groupFrom(deps: Deps, topic: QueueView, incarnation: string, point: StartPoint): Promise<Group> {
  const { definition, group: { delayShards } } = topic;
  const readable = { ...topic, definition: { ...definition, shards: [...definition.shards, ...delayShards] } };
  const group = newGroup(deps, incarnation, []);
  const start = await chainStart(deps, readable, await listRetired(deps, definition.incarnation, 0), point);
  return { ...group, chain: { id: group.chain.id, ...start } };
}
