import type { Deps } from '../deps.ts';
import { topicName } from '../queue/names.ts';
import { type SendRequest, type SendResult, sendMessages } from '../queue/send-messages.ts';

export interface PublishRequest extends Omit<SendRequest, 'name'> {
  readonly topic: string;
}

/**
 * Append messages to a topic's log: as a send does to a queue, whatever the number of subscriptions.
 * One result per entry, in order; what is `sent` is durable.
 * @throws CallerError `topicNotFound`, `parameterOutOfRange`, `idempotencyKeyReused`
 * @throws StoreUnavailable when nothing was published, as far as is known
 */
export const publishMessages = (deps: Deps, { topic, ...request }: PublishRequest): Promise<readonly SendResult[]> =>
  sendMessages(deps, { ...request, name: topicName(topic) });
