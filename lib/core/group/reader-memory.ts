import { BoundedMap } from '../bounded-map.ts';
import type { Segment } from '../ports/log-table.ts';
import type { RetiredShard } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import { timing } from '../timing.ts';
import type { SelectionRule } from './selection-rule.ts';

/** Where a chain ends in a shard: the first offset not leased, and the base to read it from. */
export interface ReadPoint {
  readonly offset: Offset;
  readonly base: Offset;
}

/** What a reader of a chain knows of one shard. */
export interface ShardReader {
  readonly shard: string;
  next: ReadPoint | undefined;
  nextSeenAtMs: EpochMs | undefined;
  /** When a lease of another process was found at the chain's end. */
  othersSeenAtMs: EpochMs | undefined;
  /** Every lease before it was looked at, by this process or another. */
  low: Offset | undefined;
  /** Of the last lease before it. */
  lowRemovableAtMs: EpochMs | undefined;
  storedLow: Offset;
  storedLowAtMs: EpochMs | undefined;
  /** The next lease at the cursor is not old enough before this. */
  sweepAtMs: EpochMs | undefined;
  /** Last sweep of this shard by this process. */
  passedAtMs: EpochMs | undefined;
  /** Leases passed by the last sweep. */
  passedLately: number;
  /** Messages per segment lately: how many segments are worth reading for a number of messages. */
  averageCount: number;
  /** Read but not leased yet by this process. Segments never change: what others leased meanwhile is dropped. */
  ahead: readonly Segment[];
  /** Behind the chain's end, as far as this process has seen only messages that do not belong to the group. */
  passed: (ReadPoint & { readonly seenAtMs: EpochMs }) | undefined;
  /** The last look ended before it came to the end of the log, or to a message that can be had now. */
  isPassing: boolean;
  /** Part of the messages read lately that belong to the group. */
  passRate: number;
  /** The segments of the last read only point to objects. */
  arePointers: boolean;
  /** Offset of the seal, once seen. */
  sealedAt: Offset | undefined;
  /** Since when nothing new was found. */
  emptySinceMs: EpochMs | undefined;
}

/** How often an alarm was looked at in vain, and until when this process leaves it alone. */
export interface QuietAlarm {
  readonly untilMs: EpochMs;
  /** More of its lease is due then. */
  readonly isDueThen: boolean;
  readonly looks: number;
}

export interface ReaderMemory {
  readonly shards: Map<string, ShardReader>;
  readonly quietAlarms: BoundedMap<QuietAlarm>;
  /** Those of a version above `afterVersion`, as of a version of the definition. */
  retired: { readonly version: number; readonly afterVersion: number; readonly shards: readonly RetiredShard[] } | undefined;
  /** A side chain had nothing: it is left alone until then. */
  quietUntilMs: EpochMs | undefined;
  /** When the alarms that a side chain put aside were gone through: another generation may have another bound. */
  parkedLook: { readonly generation: number; readonly atMs: EpochMs } | undefined;
  /** Of a selection. */
  rule: SelectionRule | undefined;
  sweptAtMs: EpochMs | undefined;
  /** Of a side chain with nothing else left to do: when its alarms were looked at before they were due. */
  alarmsLookedAtMs: EpochMs | undefined;
  /** What the last look at the alarms showed: nothing due before `untilMs`, and when the next one is. */
  noAlarms: { readonly untilMs: EpochMs; readonly nextDueAtMs: EpochMs | undefined } | undefined;
  /** Pause between two looks of a long poll. */
  pollMs: number;
  /** The last look found that another consumer had been there. */
  othersCame: boolean;
}

export const readerMemory = (): ReaderMemory => ({
  shards: new Map(), quietAlarms: new BoundedMap(1000), retired: undefined, quietUntilMs: undefined, parkedLook: undefined, rule: undefined, sweptAtMs: undefined, alarmsLookedAtMs: undefined, noAlarms: undefined, pollMs: timing.pollMinMs, othersCame: false,
});

/** Is what it knows of the chain's end recent enough to act on? */
export const knowsChainEnd = ({ next, nextSeenAtMs }: ShardReader, nowMs: EpochMs): boolean =>
  next !== undefined && nextSeenAtMs !== undefined && nowMs - nextSeenAtMs <= timing.chainEndHintMs;

/** Where the next segment would go, as far as this process has read; undefined if it did so too long ago to act on, or stands in the middle of one. */
export function shardTail(reader: ShardReader, nowMs: EpochMs): Offset | undefined {
  const { next, passed } = reader;
  if (!next || !knowsChainEnd(reader, nowMs)) return undefined;
  if (!passed || passed.offset <= next.offset) return next.base === next.offset ? next.offset : undefined;
  return nowMs - passed.seenAtMs <= timing.chainEndHintMs ? passed.offset : undefined;
}

export function shardReader(memory: ReaderMemory, shard: string): ShardReader {
  const found = memory.shards.get(shard);
  if (found) return found;
  const made: ShardReader = {
    shard, next: undefined, nextSeenAtMs: undefined, othersSeenAtMs: undefined, low: undefined, lowRemovableAtMs: undefined, storedLow: 0, storedLowAtMs: undefined, sweepAtMs: undefined,
    passedAtMs: undefined, passedLately: 0, averageCount: 1, ahead: [], passed: undefined, isPassing: false, passRate: 1, arePointers: false, sealedAt: undefined, emptySinceMs: undefined,
  };
  memory.shards.set(shard, made);
  return made;
}
