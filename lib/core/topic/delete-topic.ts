import type { Deps } from '../deps.ts';
import { deleteQueue } from '../queue/delete-queue.ts';
import { topicName } from '../queue/names.ts';

/**
 * Delete a topic with its subscriptions and everything in it. Once this has answered no publication is
 * acknowledged, whatever other clients remember of it.
 * @throws CallerError `topicNotFound`
 */
export const deleteTopic = (deps: Deps, { name }: { readonly name: string }): Promise<void> =>
  deleteQueue(deps, { name: topicName(name) });
