import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import type { Put } from './conditional.ts';
import type { ShardKey } from './log-table.ts';

/** Says that an object of the archive has the offsets [first, end) of a shard, without a gap. Put once, after the object. */
export interface ArchiveManifest extends ShardKey {
  readonly first: Offset;
  readonly end: Offset;
  readonly objectKey: string;
  readonly objectBytes: number;
  /** The object's last bytes that say what lies where in it. */
  readonly footerBytes: number;
  /** Enqueue times of its first and its last message. */
  readonly firstEnqueuedAtMs: EpochMs;
  readonly lastEnqueuedAtMs: EpochMs;
  /** When history of its last message ends. */
  readonly historyEndsAtMs: EpochMs;
  /** When the item may vanish: a day after the end of its history. */
  readonly removableAtMs: EpochMs;
}

/** A segment that was left out, since its object could not be read, when what lies behind it was archived. */
export interface LeftOut extends ShardKey {
  readonly base: Offset;
  /** When the item may vanish: a day after the end of its history. */
  readonly removableAtMs: EpochMs;
}

/** What is known of a shard at once: how far it has come, or that something was left out. */
export type LastEntry = { readonly kind: 'manifest'; readonly manifest: ArchiveManifest } | { readonly kind: 'leftOut' };

/** What of each shard is in the archive. Each method is one request; reads are strongly consistent. */
export interface ArchiveTable {
  /** Only if no manifest has that first offset. */
  putManifest(manifest: ArchiveManifest): Promise<Put<ArchiveManifest>>;
  /** The one with the highest first offset at or below `atOrBelow` (default: of all). */
  lastManifest(shard: ShardKey, atOrBelow?: Offset): Promise<ArchiveManifest | undefined>;
  /** Ascending, those with a first offset of at least `from`. */
  listManifests(range: ShardKey & { readonly from: Offset; readonly limit: number }): Promise<readonly ArchiveManifest[]>;
  /** Word that something was left out, if anything was; or else the last manifest. */
  lastEntry(shard: ShardKey): Promise<LastEntry | undefined>;
  /** Idempotent, as is its removal. */
  putLeftOut(leftOut: LeftOut): Promise<void>;
  removeLeftOut(leftOut: Omit<LeftOut, 'removableAtMs'>): Promise<void>;
  /** Ascending. */
  listLeftOut(shard: ShardKey, limit: number): Promise<readonly LeftOut[]>;
}
