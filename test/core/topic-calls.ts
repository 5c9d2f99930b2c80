import type { SendEntry } from '../../lib/core/queue/send-messages.ts';
import { createSubscription, type CreateSubscriptionRequest } from '../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../lib/core/topic/create-topic.ts';
import { publishMessages } from '../../lib/core/topic/publish-messages.ts';
import type { TopicSettings } from '../../lib/core/topic.ts';
import type { MemoryDeps } from '../support/memory-deps.ts';
import { entry, queueCalls, type QueueCalls } from './queue-calls.ts';

/** What a test says to the topic `orders`, through one process. */
export function topicCalls(deps: MemoryDeps, topic = 'orders') {
  return {
    topic,
    /** Ids of the messages; fails the test when one was not published. */
    async publish(...published: readonly (string | SendEntry)[]): Promise<readonly string[]> {
      const results = await publishMessages(deps, { topic, entries: published.map((one) => (typeof one === 'string' ? entry(one) : one)) });
      return results.map((result) => {
        if (result.kind === 'failed') throw result.error;
        return result.messageId;
      });
    },
    /** A subscription made for the test, to be consumed as a queue is. */
    async subscribe(name: string, request: Partial<CreateSubscriptionRequest> = {}): Promise<QueueCalls> {
      await createSubscription(deps, { topic, name, settings: {}, filter: {}, ...request });
      return subscriptionCalls(deps, name, topic);
    },
  };
}

export type TopicCalls = ReturnType<typeof topicCalls>;

export const subscriptionCalls = (deps: MemoryDeps, name: string, topic = 'orders'): QueueCalls => queueCalls(deps, `${topic}/${name}`);

/** A topic made for the test. */
export async function newTopic(deps: MemoryDeps, settings: Partial<TopicSettings> = {}): Promise<TopicCalls> {
  await createTopic(deps, { name: 'orders', settings });
  return topicCalls(deps);
}
