import type { Deps } from '../deps.ts';
import { listRetired } from '../group/served-chains.ts';
import { limits } from '../limits.ts';
import type { Lane } from '../log/lane.ts';
import { lastDueIn } from '../log/last-due.ts';
import { putSeal } from '../log/seal.ts';
import type { Definition, LiveShard, QueueView } from '../ports/queue-table.ts';
import { historySeconds } from '../queue.ts';
import { type EpochMs, latest, msAfter, secondsAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { changeDefinition } from './change-definition.ts';
import { notFound, parseName } from './names.ts';
import { viewOf } from './view.ts';

/** The shards of messages that are ready at once. */
export function readyLane(deps: Deps, view: QueueView): Lane {
  const { incarnation, name } = view.definition;
  const isTopic = parseName(name).kind === 'topic';
  let shards = view.definition.shards;
  const refresh = async () => {
    const fresh = await viewOf(deps, incarnation, 0);
    if (!fresh) throw notFound(name);
    shards = fresh.definition.shards;
    return fresh;
  };
  return {
    name: `${incarnation} ready`,
    log: incarnation,
    // Of a topic's new shards its readers may not know for a while: until then the others are used.
    shards: () => (isTopic ? knownToReaders(deps, shards) : shards),
    async grow() {
      const known = shards.length;
      if (isTopic && knownToReaders(deps, shards).length < known) return;
      shards = (await changeDefinition(deps, incarnation, (definition) =>
        (definition.shards.length > known ? undefined : withMoreShards(deps, definition)))).shards;
    },
    async replaceSilent(shard, tail) {
      const { definition } = await refresh();
      const sealed = await putSeal(deps, {
        log: incarnation, shard, tail, reason: 'idle', retentionSeconds: historySeconds(definition.settings),
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
    await noteRetired(deps, definition, leaving);
    const staying = definition.shards.filter(({ id }) => !ids.includes(id));
    return { shards: staying.length > 0 ? staying : [newShard(deps)] };
  });
}

/**
 * Closed shards of delayed messages are noted too, with the chain whose alarms have them: any other
 * chain must find them. A new version of the definition tells those who remember the list.
 */
export const retireDelayShards = (deps: Deps, incarnation: string, shards: readonly LiveShard[], owner: string): Promise<Definition> =>
  changeDefinition(deps, incarnation, async (definition) => {
    // Noted twice, a chain begun in between would take it for one that was closed after its own beginning.
    // A note under the version to come is one whose writer died before that came: it is put again.
    const noted = new Set((await listRetired(deps, incarnation, 0)).filter(({ version }) => version <= definition.version).map(({ id }) => id));
    const leaving = shards.filter(({ id }) => !noted.has(id));
    if (leaving.length === 0) return undefined;
    await noteRetired(deps, definition, leaving, owner);
    return {};
  });

/** Under the version to come: one that is not in force yet says nothing. */
async function noteRetired(deps: Deps, definition: Definition, shards: readonly LiveShard[], owner?: string): Promise<void> {
  const nowMs = deps.system.now();
  await Promise.all(shards.map(async ({ id, bornAtMs }) => {
    const neededUntilMs = owner === undefined ? secondsAfter(nowMs, historySeconds(definition.settings)) : await delayedUntil(deps, definition, id);
    await deps.queues.putRetiredShard({
      incarnation: definition.incarnation, id, version: definition.version + 1, bornAtMs, retiredAtMs: nowMs,
      ...(owner === undefined ? {} : { owner }), removableAtMs: msAfter(neededUntilMs, 2 * timing.removalMarginMs),
    });
  }));
}

/**
 * How long a closed shard of delayed messages must be found. Those of a topic come to each subscription by the shard
 * alone, whenever it looks again: as long as the last of them lives. In a queue others than the owner are rewound, by enqueue
 * time, at most by the longest period there is.
 */
async function delayedUntil(deps: Deps, { incarnation, name, settings }: Definition, shard: string): Promise<EpochMs> {
  const nowMs = deps.system.now();
  const historyMs = historySeconds(settings) * 1000;
  const last = parseName(name).kind === 'topic' ? await lastDueIn(deps, { log: incarnation, shard }) : undefined;
  return last ? msAfter(latest(nowMs, last.dueAtMs ?? nowMs), historyMs) : msAfter(nowMs, historyMs + limits.rewindSeconds.max * 1000);
}

/** From when on whoever reads a topic knows of a shard that was born then. */
export const knownToReadersAt = (bornAtMs: EpochMs): EpochMs => msAfter(bornAtMs, timing.topicAgeMs + timing.groupAgeMs + 2 * timing.clockSkewMs);

export const isKnownToReaders = (deps: Deps, bornAtMs: EpochMs): boolean => deps.system.now() > knownToReadersAt(bornAtMs);

function knownToReaders(deps: Deps, shards: readonly LiveShard[]): readonly LiveShard[] {
  const known = shards.filter(({ bornAtMs }) => isKnownToReaders(deps, bornAtMs));
  return known.length > 0 ? known : shards;
}

export const newShard = (deps: Deps): LiveShard => ({ id: deps.system.newId(), bornAtMs: deps.system.now() });

function withMoreShards(deps: Deps, { shards }: Definition): { readonly shards: readonly LiveShard[] } | undefined {
  const more = Math.min(shards.length, bounds.shardsMax - shards.length);
  if (more <= 0) return undefined;
  return { shards: [...shards, ...Array.from({ length: more }, () => newShard(deps))] };
}
