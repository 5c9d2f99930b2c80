import type { ObjectUnreadable } from '../errors.ts';
import type { Offset } from '../position.ts';
import type { SegmentSummary } from '../segment-summary.ts';
import type { EpochMs } from '../time.ts';
import type { ArchiveManifest } from './archive-table.ts';
import type { Put } from './conditional.ts';

/** Why a shard was closed: what a sender that meets the seal should do next follows from it. */
export type SealReason = 'idle' | 'retired' | 'purged' | 'deleted';

export type SegmentBody =
  | { readonly kind: 'inline'; readonly packed: Uint8Array }
  | { readonly kind: 'object'; readonly objectKey: string; readonly packedBytes: number }
  | { readonly kind: 'seal'; readonly reason: SealReason }
  /** Read from the archive; no item is like this. */
  | { readonly kind: 'archived'; readonly manifest: ArchiveManifest }
  /** Stands for all the segments of a part of the archive that cannot be read. */
  | { readonly kind: 'unreadable'; readonly fault: ObjectUnreadable };

/** One shard of one log. The log is named by the incarnation of its queue. */
export interface ShardKey {
  readonly log: string;
  readonly shard: string;
}

/** What one append wrote: the messages of one send, immutable. A seal has count 0 and closes its shard. */
export interface Segment extends ShardKey {
  /** Offset of its first message. */
  readonly base: Offset;
  readonly count: number;
  readonly enqueuedAtMs: EpochMs;
  readonly appendId: string;
  /** Retention in force at the append; the reader takes the shorter of this and today's. */
  readonly retentionSeconds: number;
  /** Latest due time of its messages; absent when none is delayed. */
  readonly lastDueAtMs?: EpochMs;
  /** Of a topic's: which tags and routing keys occur in it. */
  readonly summary?: SegmentSummary;
  /** Of a topic's, what came back from a dead-letter queue: the incarnation of the one subscription that it is for. */
  readonly recipient?: string;
  /** It wakes the pushes of its topic. */
  readonly isPushed?: boolean;
  /** When the item may vanish: newest expiry of its messages plus a day. Never a rule of visibility. */
  readonly removableAtMs: EpochMs;
  readonly body: SegmentBody;
}

export interface SegmentRange extends ShardKey {
  /** First base to read. */
  readonly from: Offset;
  /** Only bases below this; absent to the end. */
  readonly before?: Offset;
  readonly limit: number;
  /** Strongly consistent: twice the price, sees every write that was acknowledged. */
  readonly consistent: boolean;
}

/** The log: shards of segments, append only. Each method is one request. */
export interface LogTable {
  /** Put at `segment.base` only if nothing is there. */
  putSegment(segment: Segment): Promise<Put<Segment>>;
  /** Let a stored segment live longer: the one exception from "never updated", for an archiver in trouble. */
  extendSegment(segment: Segment, removableAtMs: EpochMs): Promise<'landed' | 'refused'>;
  /** The segment with the highest base, strongly consistent; undefined for an empty shard. */
  lastSegment(shard: ShardKey): Promise<Segment | undefined>;
  /** Ascending from `from`; may be cut short by the page size of the table (1 MB), but never empty because of it. */
  listSegments(range: SegmentRange): Promise<readonly Segment[]>;
  /** The segment with the highest base at or below the offset, strongly consistent. */
  segmentAt(shard: ShardKey, offset: Offset): Promise<Segment | undefined>;
}
