import type { Deps } from '../deps.ts';
import { putSeal } from '../log/seal.ts';
import type { Chain, Group, QueueView } from '../ports/queue-table.ts';
import { historySeconds } from '../queue.ts';
import { changeGroup, leaveDelayShards } from '../queue/delay-lane.ts';
import { retireShards } from '../queue/ready-lane.ts';
import { viewOf } from '../queue/view.ts';
import { logOf } from '../subscription.ts';
import { timing } from '../timing.ts';
import { type ReaderMemory, type ShardReader, shardTail } from './reader-memory.ts';

/** One process in so many seals idle shards, so that not all do it at the same moment. */
const RETIRERS = 4;

/**
 * After a burst a poll must cost again what it costs on a new queue: shards that fell idle are sealed,
 * sealed ones leave the definition, and those read to the end leave the list of what is read.
 */
export async function tidyShards(deps: Deps, view: QueueView, memory: ReaderMemory): Promise<void> {
  await sealIdle(deps, view, memory);
  const readers = [...memory.shards.values()];
  const live = new Set(view.definition.shards.map(({ id }) => id));
  const sealedLive = readers.filter(({ shard, sealedAt }) => sealedAt !== undefined && live.has(shard)).map(({ shard }) => shard);
  if (sealedLive.length > 0) await leaveSealed(deps, view, sealedLive);
  await noteDrained(deps, view, memory, readers.filter((reader) => !live.has(reader.shard) && isDrained(reader)));
}

async function leaveSealed(deps: Deps, { definition: { incarnation }, topicDelayShards = [] }: QueueView, sealed: readonly string[]): Promise<void> {
  const log = logOf(incarnation);
  const delayed = sealed.filter((shard) => topicDelayShards.some(({ id }) => id === shard));
  const ready = sealed.filter((shard) => !delayed.includes(shard));
  if (ready.length > 0) await retireShards(deps, log, ready);
  const topic = delayed.length > 0 ? await viewOf(deps, log, 0) : undefined;
  if (topic) await leaveDelayShards(deps, topic, delayed);
}

/**
 * All but the first, which senders go back to when there is little to send; and all but the first of a
 * topic's delayed messages, which each subscription reads as well.
 */
async function sealIdle(deps: Deps, { definition, topicDelayShards = [] }: QueueView, memory: ReaderMemory): Promise<void> {
  const [firstDelayed] = topicDelayShards;
  const others = definition.shards.slice(1).filter(({ id }) => id !== firstDelayed?.id);
  const candidates = others.flatMap(({ id }) => memory.shards.get(id) ?? []).filter((reader) => isIdle(deps, reader));
  if (candidates.length === 0 || deps.system.random() * RETIRERS >= 1) return;
  await Promise.all(candidates.map(async (reader) => {
    const tail = shardTail(reader, deps.system.now());
    if (tail === undefined) return;
    const sealed = await putSeal(deps, {
      log: logOf(definition.incarnation), shard: reader.shard, tail, reason: 'retired', retentionSeconds: historySeconds(definition.settings),
    });
    if (sealed === 'sealed') reader.sealedAt = tail;
    else reader.emptySinceMs = undefined;
  }));
}

/**
 * The seal goes to where the reader stands, on the condition that nothing is there. So that must be where a
 * segment would begin: in the middle of one the place is free, and the seal would hide the rest of it.
 * And it must be known from lately: TTL may have emptied the place since.
 */
const isIdle = (deps: Deps, reader: ShardReader): boolean => {
  const nowMs = deps.system.now();
  return shardTail(reader, nowMs) !== undefined && reader.sealedAt === undefined
    && reader.emptySinceMs !== undefined && nowMs - reader.emptySinceMs > timing.shardIdleMs;
};

/** Everything claimed, and every claim looked at once: alarms, which are not per shard, have the rest. */
const isDrained = ({ next, low, sealedAt }: ShardReader): boolean =>
  sealedAt !== undefined && next !== undefined && next.offset >= sealedAt && (sealedAt === 0 || (low ?? 0) >= sealedAt);

async function noteDrained(deps: Deps, view: QueueView, memory: ReaderMemory, drained: readonly ShardReader[]): Promise<void> {
  if (drained.length === 0) return;
  const chain = view.group.chain.id;
  await changeGroup(deps, view, (group) => (group.chain.id === chain ? withDrained(group.chain, memory, drained.map(({ shard }) => shard)) : undefined));
  for (const { shard } of drained) memory.shards.delete(shard);
}

/**
 * The list stays short: once all retirements up to a version are read, the version says it for them.
 * A version that is not in force yet says nothing: other shards may still be noted under it.
 */
function withDrained(chain: Chain, memory: ReaderMemory, shards: readonly string[]): Partial<Group> | undefined {
  const fresh = shards.filter((shard) => !chain.drained.includes(shard));
  if (fresh.length === 0) return undefined;
  // Of its own shards of delayed messages it has alarms.
  const own = (memory.retired?.shards ?? []).filter(({ owner }) => owner === chain.id).map(({ id }) => id);
  const done = new Set([...chain.drained, ...fresh, ...own]);
  const known = memory.retired?.shards.filter(({ version }) => version <= (memory.retired?.version ?? 0)) ?? [];
  const open = known.filter(({ id, version }) => version > chain.drainedThrough && !done.has(id));
  const firstOpen = Math.min(...open.map(({ version }) => version), Number.POSITIVE_INFINITY);
  const lastKnown = Math.max(chain.drainedThrough, ...known.map(({ version }) => version));
  const drainedThrough = Math.max(chain.drainedThrough, Math.min(lastKnown, firstOpen - 1));
  const covered = new Set(known.filter(({ version }) => version <= drainedThrough).map(({ id }) => id));
  return { chain: { ...chain, drainedThrough, drained: [...done].filter((id) => !covered.has(id) && !own.includes(id)) } };
}
