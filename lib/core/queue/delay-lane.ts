import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Lane } from '../log/lane.ts';
import { putSeal } from '../log/seal.ts';
import type { Group, QueueView } from '../ports/queue-table.ts';
import { historySeconds } from '../queue.ts';
import type { EpochMs } from '../time.ts';
import { bounds } from '../timing.ts';
import { notFound } from './names.ts';
import { isKnownToReaders, knownToReadersAt, newShard, readyLane, retireDelayShards } from './ready-lane.ts';
import { rememberGroup, viewOf } from './view.ts';

/**
 * The shards of delayed messages. They belong to the chain, as their alarms do: a purge seals them and
 * names new ones, so a sender with an old record is refused by the seal, and never sets an alarm that
 * nobody reads.
 */
export interface DelayLane extends Lane {
  /** The chain whose alarms announce what is appended now. */
  readonly chain: () => string;
  /** Is this one of the chain's delay shards? Reads the record again before it says no. */
  readonly names: (shard: string) => Promise<boolean>;
}

export function delayLane(deps: Deps, view: QueueView): DelayLane {
  const { incarnation } = view.definition;
  let { group } = view;
  const change = async (next: (group: Group) => Partial<Group> | undefined) => {
    group = await changeGroup(deps, view, next);
  };
  const leave = async (shard: string) => {
    const fresh = await viewOf(deps, incarnation, 0);
    if (!fresh) throw notFound(view.definition.name);
    group = await leaveDelayShards(deps, fresh, [shard]);
  };
  return {
    name: `${incarnation} delayed`,
    log: incarnation,
    chain: () => group.chain.id,
    async names(shard) {
      const isNamed = () => group.delayShards.some(({ id }) => id === shard);
      if (!isNamed()) group = (await viewOf(deps, incarnation, 0))?.group ?? group;
      return isNamed();
    },
    shards: () => group.delayShards,
    async grow() {
      const known = group.delayShards.length;
      await change(({ delayShards }) => {
        const more = Math.min(Math.max(1, delayShards.length), bounds.shardsMax - delayShards.length);
        if (delayShards.length > known || more <= 0) return undefined;
        return { delayShards: [...delayShards, ...Array.from({ length: more }, () => newShard(deps))] };
      });
    },
    async replaceSilent(shard, tail) {
      const sealed = await putSeal(deps, { log: incarnation, shard, tail, reason: 'idle', retentionSeconds: historySeconds(view.definition.settings) });
      if (sealed === 'sealed') await leave(shard);
    },
    finishSeal: ({ shard }) => leave(shard),
  };
}

/**
 * Where a delayed publication goes. Subscriptions have no use for an alarm of the topic's: each reads the
 * shard as it reads all, and leases what is not due yet for later. A topic gets its first such shard with
 * its first delayed publication. What is due before every reader knows it goes where all others go: nothing that
 * outlives its neighbours, or the shard would be forgotten, and its end mistaken, before its time.
 */
export async function topicDelayLane(deps: Deps, view: QueueView, lastDueAtMs: EpochMs): Promise<Lane> {
  const { chain: _alarms, names: _named, ...lane } = delayLane(deps, view);
  if (lane.shards().length === 0) await lane.grow();
  const isInTime = lane.shards().every(({ bornAtMs }) => isKnownToReaders(deps, bornAtMs) || lastDueAtMs > knownToReadersAt(bornAtMs));
  return isInTime ? lane : readyLane(deps, view);
}

/**
 * Take closed shards out of the group, as a strong read has it. Noted first: a chain that does not have their
 * alarms, as a rewound one or that of a subscription, must find them.
 */
export async function leaveDelayShards(deps: Deps, fresh: QueueView, shards: readonly string[]): Promise<Group> {
  const { incarnation, chain, delayShards } = fresh.group;
  const leaving = delayShards.filter(({ id }) => shards.includes(id));
  if (leaving.length === 0) return fresh.group;
  await retireDelayShards(deps, incarnation, leaving, chain.id);
  return changeGroup(deps, fresh, (group) => {
    const staying = group.delayShards.filter(({ id }) => !shards.includes(id));
    if (staying.length === group.delayShards.length) return undefined;
    return { delayShards: staying.length > 0 ? staying : [newShard(deps)] };
  });
}

/**
 * Replace a group's record on the condition that nobody else did since it was read. `change` answers
 * undefined when there is nothing (left) to do.
 * @throws CallerError `queueNotFound`; `queueIsChanging` when others kept getting in first
 */
export async function changeGroup(
  deps: Deps, { definition: { incarnation, name } }: QueueView, change: (group: Group) => Partial<Group> | undefined,
): Promise<Group> {
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const startedAtMs = deps.system.now();
    const view = await viewOf(deps, incarnation, 0);
    if (!view) throw notFound(name);
    const wanted = change(view.group);
    if (!wanted) return view.group;
    const next: Group = { ...view.group, ...wanted, writeId: deps.system.newId() };
    const put = await deps.queues.replaceGroup(next, view.group.writeId);
    if (put.kind === 'landed') {
      rememberGroup(deps, next, startedAtMs);
      return next;
    }
    await deps.system.sleep(10 * (tries + 1) * deps.system.random());
  }
  throw new CallerError('queueIsChanging', 'others change this queue at the same time; try again');
}
