import type { Deps } from '../deps.ts';
import { ObjectUnreadable } from '../errors.ts';
import { leaseRemovableAt } from '../log/segment.ts';
import { unpackedSegment } from '../log/unpack.ts';
import type { MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { earlierOf, type EpochMs } from '../time.ts';
import { bounds } from '../timing.ts';
import { belongsTo } from './object-rules.ts';
import { adoptObject, beginObject, type ObjectInMaking, type PlacedObject, placeObject, type ShardToArchive, soFar, withSegment } from './place-object.ts';
import { dueSegments, type Progress, progressOf, segmentLeftOut } from './waiting.ts';

export interface ArchiveTurn {
  /** Segments enqueued before it are archived. */
  readonly beforeMs: EpochMs;
  /** From then on no object is begun … */
  readonly untilMs: EpochMs;
  /** … and what is left is given a longer life, if it needs one, until then. */
  readonly extendUntilMs: EpochMs;
}

/** What a turn did with a shard. */
export interface ShardArchived {
  readonly objects: number;
  readonly messages: number;
  /** Segments whose objects cannot be read: they are not in the archive, and were reported. */
  readonly unreadable: number;
  /** Enqueue time of the first segment that is due and was left; undefined when none was. */
  readonly leftSinceMs: EpochMs | undefined;
}

const nothing: ShardArchived = { objects: 0, messages: 0, unreadable: 0, leftSinceMs: undefined };

export const shardsTogether = (a: ShardArchived, b: ShardArchived): ShardArchived => ({
  objects: a.objects + b.objects, messages: a.messages + b.messages, unreadable: a.unreadable + b.unreadable,
  leftSinceMs: earlierOf(a.leftSinceMs, b.leftSinceMs),
});

/**
 * Put what is due of one shard into the archive, in the order of its offsets, one object after the other.
 *
 *   1  the object, only if there is none under its key
 *   2  the manifest, only if there is none for its first offset
 *
 * How far a shard has come is told by its last manifest, so nothing else needs to be remembered. After a
 * crash between the two the next run comes to the same key, is refused, and puts the manifest of the
 * object that it finds there. Two archivers at once do the same to each other: one puts, the other adopts.
 *
 * What cannot be read is noted before anything behind it is archived, and tried again by each turn as long
 * as the table has it. It gets an object of its own, so that whatever is put behind it stays as it was.
 *
 * At each moment it holds one segment, one row group, and one packed file.
 * @throws StoreUnavailable
 * @throws ObjectUnreadable when an object without a manifest is damaged: whoever removes it ends the trouble
 */
export async function archiveShard(deps: Deps, shard: ShardToArchive, turn: ArchiveTurn): Promise<ShardArchived> {
  let progress = await progressOf(deps, shard);
  const leftOutBefore = progress.leftOut;
  let total = nothing;
  for (;;) {
    const { hasAdopted, ...run } = await archiveFrom(deps, shard, progress, turn);
    total = shardsTogether(total, run);
    // What lies behind an object of somebody else has to be found out anew.
    if (!hasAdopted) break;
    progress = await progressOf(deps, shard);
  }
  return shardsTogether(total, await archiveLeftOut(deps, shard, leftOutBefore, turn));
}

type Run = ShardArchived & { readonly hasAdopted: boolean };

/** All that lies behind the last manifest, up to what is too young; or up to the first object that is adopted. */
async function archiveFrom(deps: Deps, shard: ShardToArchive, progress: Progress, turn: ArchiveTurn): Promise<Run> {
  const leftOut = new Set(progress.leftOut);
  let run: Run = { ...nothing, hasAdopted: false };
  let open: ObjectInMaking | undefined;
  const close = async (): Promise<void> => {
    if (!open) return;
    const object = open;
    open = undefined;
    run = withObject(run, await placeObject(deps, shard, object));
  };
  for await (const segment of dueSegments(deps, shard, progress.end, turn.beforeMs)) {
    const isLeftOut = leftOut.has(segment.base);
    if (open && (isLeftOut || !belongsTo(soFar(open), segment))) await close();
    if (run.hasAdopted) return run;
    if (isLeftOut) continue;
    if (!open && deps.system.now() >= turn.untilMs) return leaving(run, segment);
    const contents = await readable(deps, segment);
    if (contents) {
      open = withSegment(open ?? beginObject(deps, shard, segment), segment, contents);
      continue;
    }
    await close();
    const placed = run.hasAdopted ? undefined : await adoptObject(deps, shard, segment);
    if (placed) run = withObject(run, placed);
    if (run.hasAdopted) return run;
    run = leaving({ ...run, unreadable: run.unreadable + 1 }, segment);
    // So many are no damage but an outage: it is waited for.
    if (leftOut.size >= bounds.archiveLeftOut) return run;
    await deps.archive.putLeftOut({ ...keyOf(segment), removableAtMs: leaseRemovableAt(segment) });
    leftOut.add(segment.base);
  }
  await close();
  return run;
}

const withObject = (run: Run, { messages, isAdopted }: PlacedObject): Run =>
  ({ ...run, objects: run.objects + 1, messages: run.messages + messages, hasAdopted: run.hasAdopted || isAdopted });

const leaving = <T extends ShardArchived>(run: T, { enqueuedAtMs }: Segment): T =>
  ({ ...run, leftSinceMs: earlierOf(run.leftSinceMs, enqueuedAtMs) });

const keyOf = ({ log, shard, base }: Segment) => ({ log, shard, base });

/** Try what earlier turns left out: each that can be read now becomes an object. What the table has let go of is lost. */
async function archiveLeftOut(deps: Deps, shard: ShardToArchive, leftOut: readonly Offset[], turn: ArchiveTurn): Promise<ShardArchived> {
  let total = nothing;
  for (const base of leftOut) {
    const segment = await segmentLeftOut(deps, shard, base);
    if (segment && deps.system.now() >= turn.untilMs) return leaving(total, segment);
    const done = segment ? await archiveAlone(deps, shard, segment) : nothing;
    total = shardsTogether(total, done);
    if (done.unreadable === 0) await deps.archive.removeLeftOut({ log: shard.log, shard: shard.shard, base });
  }
  return total;
}

async function archiveAlone(deps: Deps, shard: ShardToArchive, segment: Segment): Promise<ShardArchived> {
  const contents = await readable(deps, segment);
  const placed = contents
    ? await placeObject(deps, shard, withSegment(beginObject(deps, shard, segment), segment, contents))
    : await adoptObject(deps, shard, segment);
  return placed ? { ...nothing, objects: 1, messages: placed.messages } : leaving({ ...nothing, unreadable: 1 }, segment);
}

/** Not by way of the cache: what is archived is what nobody asks for. */
async function readable(deps: Deps, segment: Segment): Promise<readonly MessageContent[] | undefined> {
  try {
    return (await unpackedSegment(deps, segment)).contents;
  } catch (fault) {
    if (!(fault instanceof ObjectUnreadable)) throw fault;
    deps.report(fault);
    return undefined;
  }
}
