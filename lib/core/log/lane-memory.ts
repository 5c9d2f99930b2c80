import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';

/** What a sender last saw of a shard's end. */
export interface Tail {
  readonly next: Offset;
  /** Enqueue time of the last segment; undefined for a shard without any. */
  readonly lastAtMs: EpochMs | undefined;
  readonly seenAtMs: EpochMs;
}

/**
 * A sender's view of one lane of a log (its ready shards, or its delay shards): which of the shards
 * it uses, and how often it was refused there. Stickiness keeps refusals rare, hopping ends them,
 * doubling the shards makes room.
 */
export interface LaneMemory {
  readonly tails: Map<string, Tail>;
  /** When another's put last refused ours, by shard. */
  readonly refusedAtMs: Map<string, EpochMs>;
  /** The shard this sender sticks to. */
  shard: string | undefined;
  /** It chooses among the first so many, at most all. */
  breadth: number;
  chosenAtMs: EpochMs | undefined;
  /** Since the last growth. */
  puts: number;
  refusals: number;
}

export const laneMemory = (): LaneMemory => ({
  tails: new Map(), refusedAtMs: new Map(), shard: undefined, breadth: Number.MAX_SAFE_INTEGER, chosenAtMs: undefined, puts: 0, refusals: 0,
});
