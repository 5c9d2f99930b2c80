import type { Deps } from '../deps.ts';
import type { Lane } from '../log/lane.ts';
import { putSeal } from '../log/seal.ts';
import type { Definition, LiveShard, QueueView } from '../ports/queue-table.ts';
import { secondsAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { changeDefinition } from './change-definition.ts';
import { queueNotFound, viewOf } from './view.ts';

/** The shards of messages that are ready at once. */
export function readyLane(deps: Deps, view: QueueView): Lane {
  const { incarnation, name } = view.definition;
  let shards = view.definition.shards;
  const refresh = async () => {
    const fresh = await viewOf(deps, incarnation, 0);
    if (!fresh) throw queueNotFound(name);
    shards = fresh.definition.shards;
    return fresh;
  };
  return {
    name: `${incarnation} ready`,
    log: incarnation,
    shards: () => shards,
    async grow() {
      const known = shards.length;
      shards = (await changeDefinition(deps, incarnation, (definition) =>
        (definition.shards.length > known ? undefined : withMoreShards(deps, definition)))).shards;
    },
    async replaceSilent(shard, tail) {
      const { definition } = await refresh();
      const sealed = await putSeal(deps, {
        log: incarnation, shard, tail, reason: 'idle', retentionSeconds: definition.settings.retentionSeconds,
      });
      if (sealed === 'sealed') shards = (await retireShards(deps, incarnation, [shard])).shards;
    },
    async finishSeal(seal) {
      const fresh = await refresh();
      if (fresh.definition.shards.some(({ id }) => id === seal.shard)) {
        shards = (await retireShards(deps, incarnation, [seal.shard])).shards;
      }
    },
  };
}

/**
 * Take sealed shards out of the definition, after noting each where readers look for shards that may
 * still hold messages. In that order: a crash in between leaves it in both places, which readers bear.
 */
export function retireShards(deps: Deps, incarnation: string, ids: readonly string[]): Promise<Definition> {
  return changeDefinition(deps, incarnation, async (definition) => {
    const leaving = definition.shards.filter(({ id }) => ids.includes(id));
    if (leaving.length === 0) return undefined;
    const nowMs = deps.system.now();
    const version = definition.version + 1;
    await Promise.all(leaving.map(({ id, bornAtMs }) => deps.queues.putRetiredShard({
      incarnation, id, version, bornAtMs, retiredAtMs: nowMs,
      removableAtMs: secondsAfter(nowMs, definition.settings.retentionSeconds + 2 * timing.removalMarginMs / 1000),
    })));
    const staying = definition.shards.filter(({ id }) => !ids.includes(id));
    return { shards: staying.length > 0 ? staying : [newShard(deps)] };
  });
}

export const newShard = (deps: Deps): LiveShard => ({ id: deps.system.newId(), bornAtMs: deps.system.now() });

function withMoreShards(deps: Deps, { shards }: Definition): { readonly shards: readonly LiveShard[] } | undefined {
  const more = Math.min(shards.length, bounds.shardsMax - shards.length);
  if (more <= 0) return undefined;
  return { shards: [...shards, ...Array.from({ length: more }, () => newShard(deps))] };
}
