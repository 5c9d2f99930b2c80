import type { Deps } from '../deps.ts';
import { changeQueue } from '../queue/change-queue.ts';
import { topicName } from '../queue/names.ts';
import type { Topic, TopicSettings } from '../topic.ts';
import { topicOf } from './topic-of.ts';

/**
 * Change settings; absent ones stay. This process uses them at once, others within a minute; a longer
 * retention applies to what is published later, a shorter one to all messages.
 * @throws CallerError `topicNotFound`, `parameterOutOfRange`, `queueIsChanging`
 */
export async function changeTopic(deps: Deps, { name, changes }: { readonly name: string; readonly changes: Partial<TopicSettings> }): Promise<Topic> {
  return topicOf(await changeQueue(deps, { name: topicName(name), changes }));
}
