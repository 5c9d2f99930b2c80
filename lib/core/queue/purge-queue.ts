import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { endOf } from '../log/segment.ts';
import { sealWherever } from '../log/seal.ts';
import type { Group, QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { newShard } from './ready-lane.ts';
import { rememberView, viewByName } from './view.ts';

/**
 * Empty a queue: what was sent before is not delivered any more, in whatever state it is. The log is
 * not touched; one conditional write starts a new chain at the tails. From that write until the
 * effective time, a few seconds, nothing is delivered; what is sent meanwhile comes after it.
 * A message sent while the purge runs falls on either side.
 * @throws CallerError `queueNotFound`; `queueIsChanging` while another purge takes effect
 */
export async function purgeQueue(deps: Deps, { name }: { readonly name: string }): Promise<{ readonly effectiveAtMs: EpochMs }> {
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const startedAtMs = deps.system.now();
    const view = await viewByName(deps, name, 0);
    const nowMs = deps.system.now();
    if (nowMs < view.group.effectiveAtMs) {
      throw new CallerError('queueIsChanging', `a purge of ${name} takes effect in a moment; try again after it`, { queue: name });
    }
    const next = await purgedGroup(deps, view);
    const put = await deps.queues.replaceGroup(next, view.group.writeId);
    if (put.kind === 'landed') {
      rememberView(deps, view.definition.incarnation, { ...view, group: next }, startedAtMs);
      return { effectiveAtMs: next.effectiveAtMs };
    }
  }
  throw new CallerError('queueIsChanging', `others change ${name} at the same time; try again`, { queue: name });
}

async function purgedGroup(deps: Deps, { definition, group }: QueueView): Promise<Group> {
  const { incarnation: log, settings: { retentionSeconds } } = definition;
  const tails = await Promise.all(definition.shards.map(async ({ id }): Promise<[string, Offset]> => {
    const last = await deps.log.lastSegment({ log, shard: id });
    return [id, last ? endOf(last) : 0];
  }));
  // Delayed messages are announced by alarms of their chain: no sender may add one to a chain that is left.
  await Promise.all(group.delayShards.map(({ id }) => sealWherever(deps, { log, shard: id, reason: 'purged', retentionSeconds })));
  return {
    ...group,
    generation: group.generation + 1,
    chain: { id: deps.system.newId(), starts: Object.fromEntries(tails) },
    effectiveAtMs: msAfter(deps.system.now(), timing.effectiveDelayMs),
    previous: group.chain,
    delayShards: [newShard(deps)],
    // Everything retired so far lies before the tails.
    drainedThrough: Math.max(group.drainedThrough, definition.version),
    drained: [],
    writeId: deps.system.newId(),
  };
}
