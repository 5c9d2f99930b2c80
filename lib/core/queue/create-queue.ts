import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Definition, Group } from '../ports/queue-table.ts';
import type { Queue, QueueSettings } from '../queue.ts';
import { finishDeletion, finishLeftOver, removeIncarnation } from './delete-queue.ts';
import { forgetSource, refuseCycle, registerSource } from './dead-letter-policy.ts';
import { newShard } from './ready-lane.ts';
import { checkName, checkSettings, isSameSettings, withDefaults } from './settings.ts';
import { viewOf } from './view.ts';

export interface CreateQueueRequest {
  readonly name: string;
  /** Omitted ones take their defaults. */
  readonly settings: Partial<QueueSettings>;
}

export interface CreateQueueAnswer {
  readonly queue: Queue;
  /** false: a queue of that name with the same settings was there. */
  readonly created: boolean;
}

/**
 * Make a queue. Its records are put first and its name last, so a crash leaves at most records that
 * nobody can find; two creations of one name meet at the name.
 * @throws CallerError `parameterOutOfRange`, `notSupportedYet`, `queueExistsWithOtherSettings`,
 * `deadLetterQueueNotFound`, `deadLetterCycle`
 */
export async function createQueue(deps: Deps, { name, settings }: CreateQueueRequest): Promise<CreateQueueAnswer> {
  checkName(name);
  const wanted = withDefaults(settings);
  checkSettings(wanted);
  const existing = await existingQueue(deps, name);
  if (existing) return sameOrRefused(existing, wanted);
  if (wanted.deadLetter) await refuseCycle(deps, name, wanted.deadLetter);

  const incarnation = deps.system.newId();
  const definition = newDefinition(deps, name, incarnation, wanted);
  await deps.queues.putDefinition(definition);
  await deps.queues.putGroup(newGroup(deps, incarnation));
  try {
    if (wanted.deadLetter) await registerSource(deps, { queue: name, incarnation }, wanted.deadLetter);
    const named = await deps.queues.putName({ name, incarnation });
    if (named.kind === 'landed') return await afterCreation(deps, definition);
  } catch (error) {
    if (error instanceof CallerError) await removeIncarnation(deps, incarnation);
    throw error;
  }
  // Somebody else was faster: theirs counts.
  if (wanted.deadLetter) await forgetSource(deps, { queue: name, incarnation }, wanted.deadLetter);
  await removeIncarnation(deps, incarnation);
  const winner = await existingQueue(deps, name);
  if (!winner) throw new CallerError('queueIsChanging', `${name} is created and deleted at the same time; try again`);
  return sameOrRefused(winner, wanted);
}

/** Two queues made at once could name each other; then neither stays. */
async function afterCreation(deps: Deps, definition: Definition): Promise<CreateQueueAnswer> {
  deps.memory.names.delete(definition.name);
  if (definition.settings.deadLetter) {
    try {
      await refuseCycle(deps, definition.name, definition.settings.deadLetter);
    } catch (error) {
      // Only a circle: where the store did not answer others may have sent to the queue already.
      if (error instanceof CallerError) await finishDeletion(deps, definition);
      throw error;
    }
  }
  return { queue: definition, created: true };
}

async function existingQueue(deps: Deps, name: string): Promise<Queue | undefined> {
  const entry = await deps.queues.readName(name);
  if (!entry) return undefined;
  const view = await viewOf(deps, entry.incarnation, 0);
  if (view) return view.definition;
  await finishLeftOver(deps, entry);
  return undefined;
}

function sameOrRefused(queue: Queue, wanted: QueueSettings): CreateQueueAnswer {
  if (isSameSettings(queue.settings, wanted)) return { queue, created: false };
  throw new CallerError('queueExistsWithOtherSettings', `a queue named ${queue.name} exists with other settings; PATCH changes them`, { queue: queue.name });
}

function newDefinition(deps: Deps, name: string, incarnation: string, settings: QueueSettings): Definition {
  const nowMs = deps.system.now();
  return {
    name, incarnation, settings, createdAtMs: nowMs, changedAtMs: nowMs, version: 1, state: 'active',
    shards: [newShard(deps)], deadLetterSources: [], writeId: deps.system.newId(),
  };
}

const newGroup = (deps: Deps, incarnation: string): Group => ({
  incarnation, generation: 1, chain: { id: deps.system.newId(), starts: {}, drainedThrough: 0, drained: [] }, sides: [], purged: [],
  effectiveAtMs: deps.system.now(), delayShards: [newShard(deps)], writeId: deps.system.newId(),
});
