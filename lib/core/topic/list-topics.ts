import type { Deps } from '../deps.ts';
import { type ListRequest, listNamed } from '../queue/list-queues.ts';
import type { Topic } from '../topic.ts';
import { topicOf } from './topic-of.ts';

export interface ListTopicsAnswer {
  readonly topics: readonly Topic[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/**
 * Topics by name, ascending. Made or deleted meanwhile: may or may not be there.
 * @throws CallerError `parameterOutOfRange`
 */
export async function listTopics(deps: Deps, request: ListRequest): Promise<ListTopicsAnswer> {
  const { found, ...rest } = await listNamed(deps, 'topic', request);
  return { topics: found.map(topicOf), ...rest };
}
