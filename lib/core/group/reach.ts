import type { Chain, Reach, RetiredShard } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';

/** The first offset of a shard that belongs to another chain; `EVERYTHING` when all of it is the chain's own. */
export type Bound = Offset;

export const EVERYTHING: Bound = Number.MAX_SAFE_INTEGER;

/** Version of retirement by shard; the latest, where a retirement was noted twice. */
export type Retirements = ReadonlyMap<string, number>;

export function retirementsOf(shards: readonly Pick<RetiredShard, 'id' | 'version'>[]): Retirements {
  const versions = new Map<string, number>();
  for (const { id, version } of shards) versions.set(id, Math.max(version, versions.get(id) ?? 0));
  return versions;
}

/**
 * How far a side chain goes in a shard. A shard that the reach does not name was made later, unless it
 * was retired before: the ids of shards say nothing of their age, the versions of retirements do.
 */
export function boundIn({ until, wholeThrough, whole }: Reach, shard: string, retirements: Retirements): Bound {
  const named = until[shard];
  if (named !== undefined) return named;
  const version = retirements.get(shard);
  if (version === undefined) return 0;
  return version <= wholeThrough || whole.includes(shard) ? EVERYTHING : 0;
}

/** What lies below the start of a chain. */
export const reachBelow = ({ starts, drainedThrough, drained }: Omit<Chain, 'id'>): Reach =>
  ({ until: starts, wholeThrough: drainedThrough, whole: drained });

/** What both allow. */
export function narrowed(a: Reach, b: Reach, retirements: Retirements): Reach {
  const wholeThrough = Math.min(a.wholeThrough, b.wholeThrough);
  const until: Record<string, Offset> = {};
  const whole: string[] = [];
  for (const shard of new Set([...Object.keys(a.until), ...Object.keys(b.until), ...retirements.keys()])) {
    const bound = Math.min(boundIn(a, shard, retirements), boundIn(b, shard, retirements));
    const isNamed = a.until[shard] !== undefined || b.until[shard] !== undefined;
    if (bound !== EVERYTHING && isNamed) until[shard] = bound;
    else if (bound === EVERYTHING && (retirements.get(shard) ?? 0) > wholeThrough) whole.push(shard);
  }
  return { until, wholeThrough, whole };
}

/** Is there anything at all that it allows? */
export const isNothing = ({ until, wholeThrough, whole }: Reach, retirements: Retirements): boolean =>
  Object.values(until).every((bound) => bound === 0) && whole.length === 0
  && [...retirements].every(([shard, version]) => version > wholeThrough || until[shard] !== undefined);
