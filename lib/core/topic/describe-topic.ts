import type { Deps } from '../deps.ts';
import { topicName } from '../queue/names.ts';
import { viewByName } from '../queue/view.ts';
import type { Topic } from '../topic.ts';
import { topicOf } from './topic-of.ts';

/**
 * A topic's settings.
 * @throws CallerError `topicNotFound`
 */
export async function describeTopic(deps: Deps, { name }: { readonly name: string }): Promise<Topic> {
  return topicOf((await viewByName(deps, topicName(name), 0)).definition);
}
