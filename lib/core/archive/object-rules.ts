import { leaseRemovableAt, retentionClass } from '../log/segment.ts';
import type { Segment } from '../ports/log-table.ts';
import { type EpochMs, epochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';

/**
 * What goes into one object of the archive: consecutive segments of one shard, of one hour of enqueueing
 * and one retention class, up to a bound of bytes, messages and row groups.
 *
 *   archive/<class>/queue=<archive name>/hour=<yyyy-mm-ddThh>/<shard>-<first offset>.parquet
 *
 * All of it follows from the segments alone, never from when or by whom they are archived: an archiver
 * that repeats the work of one that died comes to the same key, and finds the object that is there. The
 * first part ends it by a lifecycle rule, the next two let a query pass over what it is not about.
 */
export const archiveObjectKey = (queue: string, first: Segment): string =>
  `archive/${classOf(first)}/queue=${queue}/hour=${hourOf(first.enqueuedAtMs)}/${first.shard}-${first.base}.parquet`;

/** An object so far, and what would come next. */
export interface OpenObject {
  readonly first: Segment;
  /** First offset behind it. */
  readonly end: number;
  readonly bytes: number;
  readonly rowGroups: number;
}

export const belongsTo = ({ first, end, bytes, rowGroups }: OpenObject, next: Segment): boolean =>
  next.base === end && hourOf(first.enqueuedAtMs) === hourOf(next.enqueuedAtMs) && classOf(first) === classOf(next)
  && bytes < bounds.archiveObjectBytes && end - first.base < bounds.archiveObjectMessages && rowGroups < bounds.archiveObjectRowGroups;

const HOUR_MS = 3_600_000;
const hourOf = (atMs: EpochMs): string => new Date(atMs).toISOString().slice(0, 'yyyy-mm-ddThh'.length);

/** From the enqueue time on: the object is made later, so it lives rather longer than needed. */
const classOf = (segment: Segment): string => retentionClass(leaseRemovableAt(segment) - segment.enqueuedAtMs);

/** Segments enqueued before this are due to be archived: whole hours, or each run would leave a file of a part of one. */
export function dueBefore(nowMs: EpochMs): EpochMs {
  const beforeMs = msAfter(nowMs, -timing.archiveAfterMs);
  return epochMs(Math.floor(beforeMs / HOUR_MS) * HOUR_MS);
}
