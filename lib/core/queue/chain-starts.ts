import type { Deps } from '../deps.ts';
import { shardEnd } from '../log/history.ts';
import { firstAtOrAfter } from '../log/search.ts';
import type { Chain, QueueView, RetiredShard } from '../ports/queue-table.ts';
import type { Offset, Position } from '../position.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, latest, msAfter } from '../time.ts';
import { timing } from '../timing.ts';

/** Where a new chain begins, before it has an id. */
export type ChainStart = Omit<Chain, 'id'>;

/** By time; of the shard of `exactly`, at that message. */
export interface StartPoint {
  readonly atMs: EpochMs;
  readonly exactly?: Position;
}

/**
 * The start of a chain in every shard: each that takes appends is named, and each retired one with
 * something at or after the start; of the others the chain has nothing. Two shards of one time may lie
 * by the difference of their senders' clocks apart.
 */
export async function chainStart(deps: Deps, { definition }: QueueView, retired: readonly RetiredShard[], point: StartPoint): Promise<ChainStart> {
  const { incarnation, version } = definition;
  const log = logOf(incarnation);
  const live = new Set(definition.shards.map(({ id }) => id));
  const noted = retired.filter((shard) => shard.version <= version);
  const former = noted.filter(({ id }) => !live.has(id));
  const starts: Record<string, Offset> = {};
  await Promise.all([...live].map(async (shard) => { starts[shard] = await offsetIn(deps, { log, shard }, point); }));
  const inWindow = new Set<string>();
  await Promise.all([...new Set(former.map(({ id }) => id))].map(async (id) => {
    const start = await startInFormer(deps, log, id, former.filter((shard) => shard.id === id), point);
    if (start === undefined) return;
    starts[id] = start;
    inWindow.add(id);
  }));
  // One of a topic's delayed messages is noted before the group leaves it: open or not, it is still to be read.
  const firstInWindow = Math.min(version + 1, ...noted.filter(({ id }) => live.has(id) || inWindow.has(id)).map((shard) => shard.version));
  const drainedThrough = firstInWindow - 1;
  const drained = [...new Set(former.filter((shard) => shard.version > drainedThrough && !inWindow.has(shard.id)).map(({ id }) => id))];
  return { starts, drainedThrough, drained };
}

/** undefined when all of it was enqueued before; of most that is known without a look. */
async function startInFormer(deps: Deps, log: string, id: string, notes: readonly RetiredShard[], point: StartPoint): Promise<Offset | undefined> {
  const lastAtMs = msAfter(latest(...notes.map(({ retiredAtMs }) => retiredAtMs)), CLOCKS_MS);
  const isNamed = point.exactly?.shard === id;
  // A shard of delayed messages is noted before it is sealed, now and then long before.
  const isOfDelayed = notes.some(({ owner }) => owner !== undefined);
  if (!isNamed && !isOfDelayed && lastAtMs < point.atMs) return undefined;
  const start = await offsetIn(deps, { log, shard: id }, point);
  return start < await shardEnd(deps, { log, shard: id }) ? start : undefined;
}

/** A message may bear the time of one clock, and its shard's retirement that of another. */
const CLOCKS_MS = 2 * timing.clockSkewMs;

const offsetIn = async (deps: Deps, key: { readonly log: string; readonly shard: string }, { atMs, exactly }: StartPoint): Promise<Offset> =>
  (exactly?.shard === key.shard ? exactly.offset : firstAtOrAfter(deps, key, atMs));
