import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Definition } from '../ports/queue-table.ts';
import type { Notes, QueueSettings } from '../queue.ts';
import { createNamed, existingNamed } from '../queue/create-named.ts';
import { newDefinition, newGroup } from '../queue/create-queue.ts';
import { topicName } from '../queue/names.ts';
import { checkName, checkSettings, isSameSettings, withDefaults } from '../queue/settings.ts';
import type { Topic, TopicSettings } from '../topic.ts';
import { topicOf } from './topic-of.ts';

export interface CreateTopicRequest {
  readonly name: string;
  /** Omitted ones take their defaults. */
  readonly settings: Partial<TopicSettings>;
  readonly notes?: Notes;
}

export interface CreateTopicAnswer {
  readonly topic: Topic;
  /** false: a topic of that name with the same settings was there. */
  readonly created: boolean;
}

/**
 * Make a topic. Messages that are published before its first subscription are kept like all others.
 * @throws CallerError `parameterOutOfRange`, `topicExistsWithOtherSettings`, `queueIsChanging`
 */
export async function createTopic(deps: Deps, { name, settings, notes }: CreateTopicRequest): Promise<CreateTopicAnswer> {
  checkName(name);
  const wanted = withDefaults(settings);
  checkSettings(wanted);
  const existing = await existingNamed(deps, topicName(name));
  if (existing) return sameOrRefused(existing, wanted);
  const incarnation = deps.system.newId();
  // It gets a shard of delayed messages with the first of them.
  const { definition, created } = await createNamed(deps, {
    definition: { ...newDefinition(deps, topicName(name), incarnation, wanted), ...(notes ? { notes } : {}) }, group: newGroup(deps, incarnation, []),
  });
  return created ? { topic: topicOf(definition), created } : sameOrRefused(definition, wanted);
}

function sameOrRefused(definition: Definition, wanted: QueueSettings): CreateTopicAnswer {
  const topic = topicOf(definition);
  if (isSameSettings(definition.settings, wanted)) return { topic, created: false };
  throw new CallerError('topicExistsWithOtherSettings', `a topic named ${topic.name} exists with other settings; PATCH changes them`, { topic: topic.name });
}
