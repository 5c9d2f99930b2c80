import { inParallel } from '../../lib/core/queue/in-parallel.ts';
import { subscriptionName, topicName } from '../../lib/core/queue/names.ts';
import type { SubscriptionFilter } from '../../lib/core/subscription-filter.ts';
import { createSubscription } from '../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../lib/core/topic/create-topic.ts';
import { type Consumer, consumerOf, producerOf, type Station } from './station.ts';
import type { CostWorld } from './world.ts';

/** One topic with a producer, and with a consumer for each of its subscriptions; all of them processes of their own. */
export interface TopicStation {
  readonly world: CostWorld;
  readonly publish: Station['send'];
  readonly subscriptions: readonly Consumer[];
}

export interface TopicStationOptions {
  readonly subscriptions: number;
  /** Of each. Absent: everything. */
  readonly filter?: SubscriptionFilter;
}

/** Long enough for every process to know the topic as it is. */
const PAUSE_MS = 10_000;

export async function newTopicStation(world: CostWorld, topic: string, { subscriptions, filter = {} }: TopicStationOptions): Promise<TopicStation> {
  const owner = world.newProcess();
  await createTopic(owner, { name: topic, settings: {} });
  const names = Array.from({ length: subscriptions }, (_, at) => `subscription-${at + 1}`);
  await inParallel(names, async (name) => { await createSubscription(owner, { topic, name, settings: {}, filter }); });
  world.advance(PAUSE_MS);
  return {
    world,
    publish: producerOf(world, topicName(topic)),
    subscriptions: names.map((subscription) => consumerOf(world, subscriptionName({ topic, subscription }))),
  };
}
