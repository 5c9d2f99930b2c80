import type { Deps } from '../deps.ts';
import { ObjectUnreadable } from '../errors.ts';
import { readFooter } from '../log/archived.ts';
import { endOf } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { ArchiveManifest } from '../ports/archive-table.ts';
import type { Segment, ShardKey } from '../ports/log-table.ts';
import { type ArchiveExtent, type ArchiveFileWriter, FOOTER_TAIL_BYTES } from '../ports/segment-archive.ts';
import type { Offset } from '../position.ts';
import { msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { archiveObjectKey, type OpenObject } from './object-rules.ts';

/** A shard of a queue's log, as the archiver comes to it. */
export interface ShardToArchive extends ShardKey {
  readonly queue: string;
}

/** An object that is being made of segments that follow one another. */
export interface ObjectInMaking {
  readonly first: Segment;
  /** First offset behind it. */
  readonly end: Offset;
  readonly writer: ArchiveFileWriter;
}

export const beginObject = (deps: Deps, shard: ShardToArchive, first: Segment): ObjectInMaking =>
  ({ first, end: first.base, writer: deps.archiveFiles.beginFile(shard) });

export function withSegment(object: ObjectInMaking, segment: Segment, contents: readonly MessageContent[]): ObjectInMaking {
  object.writer.add({ segment, contents });
  return { ...object, end: endOf(segment) };
}

export const soFar = ({ first, end, writer }: ObjectInMaking): OpenObject => ({ first, end, bytes: writer.bytes(), rowGroups: writer.rowGroups() });

/** An object that is in its place, and has its manifest. */
export interface PlacedObject {
  readonly messages: number;
  /** Somebody else had put it, and it may have more or less than was meant. */
  readonly isAdopted: boolean;
}

/** Object, then manifest, each only if there is none. */
export async function placeObject(deps: Deps, shard: ShardToArchive, { first, writer }: ObjectInMaking): Promise<PlacedObject> {
  const objectKey = archiveObjectKey(shard.queue, first);
  const { file, extent } = writer.finish();
  const isAdopted = await deps.objects.putObjectIfAbsent(objectKey, file) === 'refused';
  const placed = isAdopted ? await found(deps, objectKey, first) : {
    extent, objectBytes: file.byteLength, footerBytes: deps.archiveFiles.footerBytes(file.subarray(-FOOTER_TAIL_BYTES)),
  };
  return withManifest(deps, objectKey, placed, isAdopted);
}

/**
 * What begins with a segment that cannot be read now may have been put while it could, by an archiver that
 * died before the manifest: undefined when nothing was.
 */
export async function adoptObject(deps: Deps, shard: ShardToArchive, first: Segment): Promise<PlacedObject | undefined> {
  const objectKey = archiveObjectKey(shard.queue, first);
  const isThere = await deps.objects.objectBytes(objectKey) !== undefined;
  return isThere ? withManifest(deps, objectKey, await found(deps, objectKey, first), true) : undefined;
}

interface InPlace {
  readonly extent: ArchiveExtent;
  readonly objectBytes: number;
  readonly footerBytes: number;
}

async function found(deps: Deps, objectKey: string, { log, shard, base }: Segment): Promise<InPlace> {
  const { file: { extent }, objectBytes, footerBytes } = await readFooter(deps, objectKey);
  const isMeant = extent.log === log && extent.shard === shard && extent.first === base;
  if (!isMeant) throw new ObjectUnreadable(objectKey, `it has ${extent.log}/${extent.shard} from ${extent.first} on, not ${log}/${shard} from ${base} on`);
  return { extent, objectBytes, footerBytes };
}

async function withManifest(deps: Deps, objectKey: string, placed: InPlace, isAdopted: boolean): Promise<PlacedObject> {
  await deps.archive.putManifest(manifestOf(objectKey, placed));
  return { messages: placed.extent.end - placed.extent.first, isAdopted };
}

const manifestOf = (objectKey: string, { extent, objectBytes, footerBytes }: InPlace): ArchiveManifest => ({
  ...extent, objectKey, objectBytes, footerBytes, removableAtMs: msAfter(extent.historyEndsAtMs, timing.removalMarginMs),
});
