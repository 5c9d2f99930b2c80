import { noteAgeWatch, startAgeWatch } from '../age/age-watches.ts';
import { checkMayFeed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Definition, Group } from '../ports/queue-table.ts';
import { registerDelivery } from '../push/push-settings.ts';
import { finishDeletion, finishLeftOver, removeIncarnation } from './delete-queue.ts';
import { refuseCycle, registerDeadLetters } from './dead-letter-policy.ts';
import { registryOf } from './names.ts';
import { forgetSource, targetsOf } from './sources.ts';
import { entryNamed, viewOf } from './view.ts';

/** The records of a queue, a topic or a subscription to be. */
export interface NewRecords {
  readonly definition: Definition;
  readonly group: Group;
}

export interface Creation {
  /** Of what is there: the new one, or one of that name. */
  readonly definition: Definition;
  readonly created: boolean;
}

/** What is there under the name, once a deletion of it that died half way is finished. */
export async function existingNamed(deps: Deps, name: string): Promise<Definition | undefined> {
  const entry = await entryNamed(deps, name);
  if (!entry) return undefined;
  const view = await viewOf(deps, entry.incarnation, 0);
  if (view) return view.definition;
  await finishLeftOver(deps, entry);
  return undefined;
}

/**
 * Put the records first and the name last, so a crash leaves at most records that nobody can find; two
 * creations of one name meet at the name.
 * @throws CallerError `deadLetterQueueNotFound`, `deadLetterCycle`, `deliveryQueueNotFound`, `queueIsChanging`, `accessDenied`
 */
export async function createNamed(deps: Deps, { definition, group }: NewRecords): Promise<Creation> {
  const { name, incarnation, settings: { deadLetter } } = definition;
  const source = { queue: name, incarnation };
  for (const target of targetsOf(definition)) checkMayFeed(deps, target);
  if (deadLetter) await refuseCycle(deps, name, deadLetter);
  if (deadLetter?.maxAgeSeconds !== undefined) await noteAgeWatch(deps, incarnation);
  await deps.queues.putDefinition(definition);
  await deps.queues.putGroup(group);
  try {
    if (deadLetter) await registerDeadLetters(deps, source, deadLetter);
    await registerDelivery(deps, definition, definition.subscription?.push);
    const named = await deps.queues.putName({ ...registryOf(name, incarnation), incarnation });
    if (named.kind === 'landed') return await afterCreation(deps, definition);
  } catch (error) {
    if (error instanceof CallerError) await removeIncarnation(deps, incarnation);
    throw error;
  }
  // Somebody else was faster: theirs counts.
  for (const target of targetsOf(definition)) await forgetSource(deps, source, target);
  await removeIncarnation(deps, incarnation);
  const winner = await existingNamed(deps, name);
  if (!winner) throw new CallerError('queueIsChanging', `${name} is created and deleted at the same time; try again`);
  return { definition: winner, created: false };
}

/** Two queues made at once could name each other; then neither stays. */
async function afterCreation(deps: Deps, definition: Definition): Promise<Creation> {
  deps.memory.names.delete(definition.name);
  if (definition.settings.deadLetter) {
    try {
      await refuseCycle(deps, definition.name, definition.settings.deadLetter);
    } catch (error) {
      // Only a circle: where the store did not answer others may have sent to the queue already.
      if (error instanceof CallerError) await finishDeletion(deps, definition);
      throw error;
    }
    if (definition.settings.deadLetter.maxAgeSeconds !== undefined) await startAgeWatch(deps, definition.incarnation);
  }
  return { definition, created: true };
}
