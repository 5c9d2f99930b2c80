import type { Deps } from '../deps.ts';
import { topicName } from '../queue/names.ts';
import { viewByName } from '../queue/view.ts';
import type { Topic } from '../topic.ts';
import { topicOf } from './topic-of.ts';

/**
 * A topic's settings, as they were at most `ageMs` ago.
 * @throws CallerError `topicNotFound`
 */
export async function describeTopic(deps: Deps, { name, ageMs = 0 }: { readonly name: string; readonly ageMs?: number }): Promise<Topic> {
  return topicOf((await viewByName(deps, topicName(name), ageMs)).definition);
}
