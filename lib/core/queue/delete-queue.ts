import { isListed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { sealWherever } from '../log/seal.ts';
import type { Definition, Group, RegistryEntry } from '../ports/queue-table.ts';
import { forgetPushed } from '../push/pushed-subscriptions.ts';
import { historySeconds } from '../queue.ts';
import { bounds } from '../timing.ts';
import { changeDefinition } from './change-definition.ts';
import { inParallel } from './in-parallel.ts';
import { notFound, parseName, registryOf } from './names.ts';
import { forgetSource, sourcesInUse, targetsOf } from './sources.ts';
import { entryNamed, viewOf } from './view.ts';

/**
 * Delete a queue and everything in it. Once this has answered no send to it is acknowledged, whatever
 * other clients remember of it: its shards are sealed. A queue made later under the same name starts
 * from nothing.
 * @throws CallerError `queueNotFound`; `queueInUse` while another queue, or a subscription, lets its messages flow into it
 */
export async function deleteQueue(deps: Deps, { name }: { readonly name: string }): Promise<void> {
  const entry = await entryNamed(deps, name);
  const view = entry && await viewOf(deps, entry.incarnation, 0);
  if (!entry) throw notFound(name);
  if (!view) return finishLeftOver(deps, entry);
  const { incarnation } = view.definition;
  const definition = await changeDefinition(deps, incarnation, async (current) => {
    const users = (await sourcesInUse(deps, current)).map(({ queue }) => queue);
    if (users.length > 0) {
      const usedBy = users.filter((user) => isListed(deps, 'queue', user.split('/', 1)[0] ?? ''));
      throw new CallerError('queueInUse', `${name} takes the dead letters, or what is pushed, of ${usedBy.length > 0 ? usedBy.join(', ') : 'others'}`, { queue: name, usedBy });
    }
    return { state: 'deleting' };
  });
  await finishDeletion(deps, definition);
}

/**
 * The rest of a deletion, from the mark on. Each step may be repeated, so whoever meets a deletion
 * that died half way can finish it.
 */
export async function finishDeletion(deps: Deps, definition: Definition): Promise<void> {
  const { incarnation, name, settings } = definition;
  if (parseName(name).kind === 'topic') await deleteSubscriptions(deps, incarnation);
  const delayShards = await closeGroup(deps, incarnation);
  const shards = [...definition.shards, ...delayShards];
  await Promise.all(shards.map(({ id, bornAtMs }) => sealWherever(deps, {
    log: incarnation, shard: id, bornAtMs, reason: 'deleted', retentionSeconds: historySeconds(settings),
  })));
  if (definition.subscription?.push) await forgetPushed(deps, definition);
  for (const target of targetsOf(definition)) await forgetSource(deps, { queue: name, incarnation }, target);
  await deps.queues.deleteName({ ...registryOf(name, incarnation), incarnation });
  await removeIncarnation(deps, incarnation);
  deps.memory.names.delete(name);
}

/** Of a topic. One that is made meanwhile is gone with its topic; only its records are left. */
async function deleteSubscriptions(deps: Deps, topic: string): Promise<void> {
  for (;;) {
    const entries = await deps.queues.listNames({ registry: topic, prefix: '', limit: SUBSCRIPTIONS_AT_ONCE });
    await inParallel(entries, (entry) => finishLeftOver(deps, entry));
    if (entries.length < SUBSCRIPTIONS_AT_ONCE) return;
  }
}

const SUBSCRIPTIONS_AT_ONCE = 100;

/** A name whose deletion died half way: finish it, and the name is free. */
export async function finishLeftOver(deps: Deps, entry: RegistryEntry): Promise<void> {
  const leftOver = await deps.queues.readView(entry.incarnation, { consistent: true });
  await (leftOver ? finishDeletion(deps, leftOver.definition) : deps.queues.deleteName(entry));
}

/** From here on no sender can add a delay shard; answers those to seal. */
async function closeGroup(deps: Deps, incarnation: string): Promise<Group['delayShards']> {
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const view = await deps.queues.readView(incarnation, { consistent: true });
    if (!view) return [];
    const { group } = view;
    const put = await deps.queues.replaceGroup({ ...group, generation: group.generation + 1, writeId: deps.system.newId() }, group.writeId);
    if (put.kind === 'landed') return group.delayShards;
  }
  throw notFound(incarnation);
}

/** The records of an incarnation. Its messages go by TTL: deleting a body would cost its size again. */
export async function removeIncarnation(deps: Deps, incarnation: string): Promise<void> {
  await deps.queues.deleteGroup(incarnation);
  await deps.queues.deleteDefinition(incarnation);
  deps.memory.views.delete(incarnation);
}
