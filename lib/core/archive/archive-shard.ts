import type { Deps } from '../deps.ts';
import { ObjectUnreadable } from '../errors.ts';
import { readFooter } from '../log/archived.ts';
import { archivedEnd } from '../log/history.ts';
import { endOf, isSeal, leaseRemovableAt } from '../log/segment.ts';
import { unpackedSegment } from '../log/unpack.ts';
import type { MessageContent } from '../message.ts';
import type { ArchiveManifest } from '../ports/archive-table.ts';
import type { Segment, ShardKey } from '../ports/log-table.ts';
import { type ArchiveExtent, type ArchiveFileWriter, FOOTER_TAIL_BYTES } from '../ports/segment-archive.ts';
import type { Offset } from '../position.ts';
import { earliest, type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { archiveObjectKey, belongsTo } from './object-rules.ts';

/** A shard of a queue's log, as the archiver comes to it. */
export interface ShardToArchive extends ShardKey {
  readonly queue: string;
}

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
 * At each moment it holds one segment, one row group, and one packed file.
 * @throws StoreUnavailable
 * @throws ObjectUnreadable when an object without a manifest is damaged: whoever removes it ends the trouble
 */
export async function archiveShard(deps: Deps, shard: ShardToArchive, turn: ArchiveTurn): Promise<ShardArchived> {
  let total: ShardArchived = { objects: 0, messages: 0, unreadable: 0, leftSinceMs: undefined };
  for (;;) {
    const run = await archiveFrom(deps, shard, await archivedEnd(deps, shard), turn);
    total = {
      objects: total.objects + run.objects, messages: total.messages + run.messages,
      unreadable: total.unreadable + run.unreadable, leftSinceMs: run.leftSinceMs,
    };
    if (!run.hasAdopted) return total;
  }
}

/** `hasAdopted`: what lies behind an object of somebody else has to be found out anew. */
type Run = ShardArchived & { readonly hasAdopted: boolean };

async function archiveFrom(deps: Deps, shard: ShardToArchive, from: Offset, turn: ArchiveTurn): Promise<Run> {
  const run = { objects: 0, messages: 0, unreadable: 0, leftSinceMs: undefined, hasAdopted: false };
  let open: { readonly first: Segment; readonly end: Offset; readonly writer: ArchiveFileWriter } | undefined;
  const close = async (): Promise<void> => {
    if (!open) return;
    const { first, writer } = open;
    open = undefined;
    const { messages, isAdopted } = await putObject(deps, shard, first, writer);
    run.objects += 1;
    run.messages += messages;
    run.hasAdopted ||= isAdopted;
  };
  for await (const segment of dueSegments(deps, shard, from, turn.beforeMs)) {
    if (open && !belongsTo({ ...open, bytes: open.writer.bytes() }, segment)) await close();
    if (run.hasAdopted) return run;
    if (!open && deps.system.now() >= turn.untilMs) return { ...run, leftSinceMs: segment.enqueuedAtMs };
    const contents = await readable(deps, segment);
    if (!contents) {
      run.unreadable += 1;
      await close();
      continue;
    }
    open ??= { first: segment, end: segment.base, writer: deps.archiveFiles.beginFile(shard) };
    open.writer.add({ segment, contents });
    open = { ...open, end: endOf(segment) };
  }
  await close();
  return run;
}

/** Strongly read, ascending, up to the first that is too young. */
async function* dueSegments(deps: Deps, { log, shard }: ShardKey, from: Offset, beforeMs: EpochMs): AsyncGenerator<Segment> {
  for (let next = from; ;) {
    const page = await deps.log.listSegments({ log, shard, from: next, limit: bounds.archivePage, consistent: true });
    for (const segment of page) {
      if (isSeal(segment) || segment.enqueuedAtMs >= beforeMs) return;
      yield segment;
    }
    const last = page[page.length - 1];
    if (!last) return;
    next = endOf(last);
  }
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

async function putObject(
  deps: Deps, shard: ShardToArchive, first: Segment, writer: ArchiveFileWriter,
): Promise<{ readonly messages: number; readonly isAdopted: boolean }> {
  const objectKey = archiveObjectKey(shard.queue, first);
  const { file, extent } = writer.finish();
  const isAdopted = await deps.objects.putObjectIfAbsent(objectKey, file) === 'refused';
  const placed = isAdopted ? await adopted(deps, objectKey, extent) : {
    extent, objectBytes: file.byteLength, footerBytes: deps.archiveFiles.footerBytes(file.subarray(-FOOTER_TAIL_BYTES)),
  };
  await deps.archive.putManifest(manifestOf(objectKey, placed));
  return { messages: placed.extent.end - placed.extent.first, isAdopted };
}

interface Placed {
  readonly extent: ArchiveExtent;
  readonly objectBytes: number;
  readonly footerBytes: number;
}

async function adopted(deps: Deps, objectKey: string, own: ArchiveExtent): Promise<Placed> {
  const { file: { extent }, objectBytes, footerBytes } = await readFooter(deps, objectKey);
  const isOurs = extent.log === own.log && extent.shard === own.shard && extent.first === own.first;
  if (!isOurs) throw new ObjectUnreadable(objectKey, `it has ${extent.log}/${extent.shard} from ${extent.first} on, not ${own.log}/${own.shard} from ${own.first} on`);
  return { extent, objectBytes, footerBytes };
}

const manifestOf = (objectKey: string, { extent, objectBytes, footerBytes }: Placed): ArchiveManifest => ({
  ...extent, objectKey, objectBytes, footerBytes, removableAtMs: msAfter(extent.historyEndsAtMs, timing.removalMarginMs),
});

/** Enqueue time of the first segment that is due and not archived. */
export async function firstLeft(deps: Deps, shard: ShardKey, { beforeMs }: ArchiveTurn): Promise<EpochMs | undefined> {
  for await (const { enqueuedAtMs } of dueSegments(deps, shard, await archivedEnd(deps, shard), beforeMs)) return enqueuedAtMs;
  return undefined;
}

/**
 * Let what could not be archived live longer in the table: segments that are too old to wait, and would
 * be gone before somebody has ended the trouble. An update of a body costs its size again.
 */
export async function extendLeft(deps: Deps, shard: ShardKey, untilMs: EpochMs): Promise<number> {
  const nowMs = deps.system.now();
  const oldMs = msAfter(nowMs, -timing.archiveTroubleMs);
  let extended = 0;
  for await (const segment of dueSegments(deps, shard, await archivedEnd(deps, shard), oldMs)) {
    if (deps.system.now() >= untilMs) break;
    // No longer than its history, and not every hour again.
    const wantedMs = earliest(leaseRemovableAt(segment), msAfter(nowMs, timing.hotLifeMs));
    const isNear = segment.removableAtMs <= earliest(msAfter(nowMs, timing.archiveTroubleMs), msAfter(wantedMs, -1));
    if (isNear && await deps.log.extendSegment(segment, wantedMs) === 'landed') extended += 1;
  }
  return extended;
}
