import type { Deps } from '../deps.ts';
import { countMessages } from '../group/counts.ts';
import { hasEverything } from '../group/own-messages.ts';
import { EVERYTHING } from '../group/reach.ts';
import { listRetired } from '../group/served-chains.ts';
import type { QueueView, RetiredShard } from '../ports/queue-table.ts';
import { logOf } from '../subscription.ts';
import { secondsAfter } from '../time.ts';
import { bounds } from '../timing.ts';
import { type OwnCount, ownInStretch } from './own-in-stretch.ts';
import { stretchOf } from './select-messages.ts';

/**
 * Messages that were deleted or dead-lettered, and that a rewind would bring back: what was sent since
 * then, by a search per shard, less what is still to be delivered of it. An estimate; 0 where rewind is off.
 */
export async function countRewindable(deps: Deps, view: QueueView): Promise<number> {
  const { incarnation, settings: { rewindSeconds } } = view.definition;
  if (rewindSeconds === 0) return 0;
  const atMs = secondsAfter(deps.system.now(), -rewindSeconds);
  const retired = (await listRetired(deps, logOf(incarnation), 0)).filter(({ owner, retiredAtMs }) => owner !== undefined || retiredAtMs >= atMs);
  const looked = retired.toSorted((a, b) => b.version - a.version).slice(0, bounds.countedShards);
  const { starts, until } = await stretchOf(deps, view, looked, { from: { atMs }, toMs: undefined }, {});
  const ownIn = hasEverything(view, deps.system.now()) ? lengthOf : await ownInStretch(deps, view, { starts, until });
  const unsettled = await countMessages(deps, view, {
    firstOf: (shard) => starts[shard] ?? EVERYTHING,
    ...(ownIn === lengthOf ? {} : { unreadOf: async (run) => ({ count: ownIn(run), oldestAtMs: undefined }) }),
  });
  const sizeOf = (shards: readonly string[]): number =>
    shards.reduce((sum, shard) => sum + ownIn({ shard, first: starts[shard] ?? 0, end: until[shard] ?? 0 }), 0);
  const settled = sizeOf(Object.keys(starts)) - unsettled.ready - unsettled.inFlight - unsettled.delayed;
  return Math.max(0, Math.round(settled + sizeOf(idsOf(looked)) * notLookedAt(retired, looked)));
}

const lengthOf: OwnCount = ({ first, end }) => end - first;

const idsOf = (shards: readonly RetiredShard[]): readonly string[] => [...new Set(shards.map(({ id }) => id))];

/** How many times as many as were looked at: they are taken for like these. */
const notLookedAt = (all: readonly RetiredShard[], looked: readonly RetiredShard[]): number =>
  (looked.length === 0 ? 0 : (all.length - looked.length) / looked.length);
