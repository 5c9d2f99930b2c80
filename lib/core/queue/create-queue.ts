import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Definition, Group } from '../ports/queue-table.ts';
import type { Notes, Queue, QueueSettings } from '../queue.ts';
import { createNamed, existingNamed } from './create-named.ts';
import { newShard } from './ready-lane.ts';
import { checkName, checkSettings, isSameSettings, withDefaults } from './settings.ts';

export interface CreateQueueRequest {
  readonly name: string;
  /** Omitted ones take their defaults. */
  readonly settings: Partial<QueueSettings>;
  readonly notes?: Notes;
}

export interface CreateQueueAnswer {
  readonly queue: Queue;
  /** false: a queue of that name with the same settings was there. */
  readonly created: boolean;
}

/**
 * Make a queue.
 * @throws CallerError `parameterOutOfRange`, `notSupportedYet`, `queueExistsWithOtherSettings`,
 * `deadLetterQueueNotFound`, `deadLetterCycle`
 */
export async function createQueue(deps: Deps, { name, settings, notes }: CreateQueueRequest): Promise<CreateQueueAnswer> {
  checkName(name);
  const wanted = withDefaults(settings);
  checkSettings(wanted);
  const existing = await existingNamed(deps, name);
  if (existing) return sameOrRefused(existing, wanted);
  const incarnation = deps.system.newId();
  const { definition, created } = await createNamed(deps, {
    definition: { ...newDefinition(deps, name, incarnation, wanted), ...(notes ? { notes } : {}) }, group: newGroup(deps, incarnation, [newShard(deps)]),
  });
  return created ? { queue: definition, created } : sameOrRefused(definition, wanted);
}

function sameOrRefused(queue: Queue, wanted: QueueSettings): CreateQueueAnswer {
  if (isSameSettings(queue.settings, wanted)) return { queue, created: false };
  throw new CallerError('queueExistsWithOtherSettings', `a queue named ${queue.name} exists with other settings; PATCH changes them`, { queue: queue.name });
}

/** With one shard, for a queue or a topic. */
export function newDefinition(deps: Deps, name: string, incarnation: string, settings: QueueSettings): Definition {
  const nowMs = deps.system.now();
  return {
    name, incarnation, settings, createdAtMs: nowMs, changedAtMs: nowMs, version: 1, state: 'active',
    shards: [newShard(deps)], sources: [], writeId: deps.system.newId(),
  };
}

/** Reading everything from the beginning. */
export const newGroup = (deps: Deps, incarnation: string, delayShards: Group['delayShards']): Group => ({
  incarnation, generation: 1, chain: { id: deps.system.newId(), starts: {}, drainedThrough: 0, drained: [] }, sides: [], purged: [],
  effectiveAtMs: deps.system.now(), delayShards, writeId: deps.system.newId(),
});
