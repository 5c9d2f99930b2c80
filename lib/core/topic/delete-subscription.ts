import type { Deps } from '../deps.ts';
import { deleteQueue } from '../queue/delete-queue.ts';
import { subscriptionName } from '../queue/names.ts';

/**
 * Delete a subscription: what it had not consumed is no longer its own. The topic's messages stay.
 * @throws CallerError `topicNotFound`, `subscriptionNotFound`
 */
export const deleteSubscription = (deps: Deps, { topic, name }: { readonly topic: string; readonly name: string }): Promise<void> =>
  deleteQueue(deps, { name: subscriptionName({ topic, subscription: name }) });
