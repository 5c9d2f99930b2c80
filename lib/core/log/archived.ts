import type { Deps } from '../deps.ts';
import { ObjectUnreadable, StoreUnavailable } from '../errors.ts';
import type { MessageContent } from '../message.ts';
import type { ArchiveManifest } from '../ports/archive-table.ts';
import type { Segment } from '../ports/log-table.ts';
import { type ArchivedSegment, type ArchiveFile, FOOTER_TAIL_BYTES, type RowGroup } from '../ports/segment-archive.ts';
import type { Offset } from '../position.ts';
import { leaseRemovableAt } from './segment.ts';

/**
 * The segments of the row group that has an offset: what one ranged read of an object brings (two the
 * first time, for its footer). Where it cannot be read, one segment stands for all that are lost.
 * @throws StoreUnavailable
 */
export async function segmentsAround(deps: Deps, manifest: ArchiveManifest, offset: Offset): Promise<readonly Segment[]> {
  let lost: Pick<ArchiveManifest, 'first' | 'end'> = manifest;
  try {
    const file = await openedFile(deps, manifest);
    const rowGroup = rowGroupWith(manifest, file, offset);
    lost = rowGroup;
    const archived = await unpackedRowGroup(deps, manifest, file, rowGroup);
    return archived.map(({ segment }) => coldSegment(segment, manifest));
  } catch (fault) {
    if (fault instanceof ObjectUnreadable) return [lostSegment(manifest, lost, fault)];
    throw fault;
  }
}

const coldSegment = (segment: ArchivedSegment['segment'], manifest: ArchiveManifest): Segment =>
  ({ ...segment, removableAtMs: leaseRemovableAt(segment), body: { kind: 'archived', manifest } });

/** @throws ObjectUnreadable */
export async function archivedContents(deps: Deps, manifest: ArchiveManifest, base: Offset): Promise<readonly MessageContent[]> {
  const file = await openedFile(deps, manifest);
  const archived = await unpackedRowGroup(deps, manifest, file, rowGroupWith(manifest, file, base));
  const found = archived.find(({ segment }) => segment.base === base);
  if (!found) throw new ObjectUnreadable(manifest.objectKey, `it has no segment at ${base}`);
  return found.contents;
}

/** Its times are the latest that any message of it can have, so that none of them is taken for expired. */
function lostSegment({ log, shard, ...manifest }: ArchiveManifest, { first, end }: Pick<ArchiveManifest, 'first' | 'end'>, fault: ObjectUnreadable): Segment {
  return {
    log, shard, base: first, count: end - first, enqueuedAtMs: manifest.lastEnqueuedAtMs, appendId: '',
    retentionSeconds: Math.ceil((manifest.historyEndsAtMs - manifest.lastEnqueuedAtMs) / 1000),
    removableAtMs: manifest.removableAtMs, body: { kind: 'unreadable', fault },
  };
}

function rowGroupWith({ objectKey }: ArchiveManifest, { rowGroups }: ArchiveFile, offset: Offset): RowGroup {
  const rowGroup = rowGroups.find(({ first, end }) => first <= offset && offset < end);
  if (!rowGroup) throw new ObjectUnreadable(objectKey, `it has no offset ${offset}`);
  return rowGroup;
}

/** Parsed, a footer takes several times its bytes. */
const PARSED_FOOTER_FACTOR = 8;

async function openedFile(deps: Deps, manifest: ArchiveManifest): Promise<ArchiveFile> {
  const { objectKey, objectBytes, footerBytes } = manifest;
  const known = deps.memory.files.get(objectKey);
  if (known) return known;
  const file = await readable(objectKey, async () => {
    const footer = await bytesOf(deps, objectKey, objectBytes - footerBytes, objectBytes);
    const opened = deps.archiveFiles.openFile(footer);
    checkExtent(manifest, opened);
    return opened;
  });
  deps.memory.files.set(objectKey, file, footerBytes * PARSED_FOOTER_FACTOR);
  return file;
}

/** The manifest says which offsets the object has: an object that says something else is not the one meant. */
function checkExtent({ log, shard, first, end }: ArchiveManifest, { extent }: ArchiveFile): void {
  const isMeant = extent.log === log && extent.shard === shard && extent.first === first && extent.end === end;
  if (!isMeant) throw new Error(`it has ${extent.log}/${extent.shard} ${extent.first} to ${extent.end}, not ${log}/${shard} ${first} to ${end}`);
}

async function unpackedRowGroup(
  deps: Deps, { objectKey }: ArchiveManifest, file: ArchiveFile, rowGroup: RowGroup,
): Promise<readonly ArchivedSegment[]> {
  const name = `${objectKey} ${rowGroup.first}`;
  const known = deps.memory.rowGroups.get(name);
  if (known) return known;
  const archived = await readable(objectKey, async () =>
    file.unpack(rowGroup, await bytesOf(deps, objectKey, rowGroup.fromByte, rowGroup.endByte)));
  deps.memory.rowGroups.set(name, archived, rowGroup.unpackedBytes * 2);
  return archived;
}

async function bytesOf(deps: Deps, objectKey: string, from: number, end: number): Promise<Uint8Array> {
  const bytes = await deps.objects.getObjectRange(objectKey, from, end);
  if (!bytes) throw new ObjectUnreadable(objectKey, 'it is missing');
  if (bytes.byteLength !== end - from) throw new ObjectUnreadable(objectKey, `it ends before byte ${end}`);
  return bytes;
}

/** How long the footer of an object is that no manifest tells of. @throws ObjectUnreadable */
export async function readFooter(deps: Deps, objectKey: string): Promise<{ readonly file: ArchiveFile; readonly objectBytes: number; readonly footerBytes: number }> {
  return readable(objectKey, async () => {
    const objectBytes = await deps.objects.objectBytes(objectKey) ?? 0;
    const tail = await bytesOf(deps, objectKey, Math.max(0, objectBytes - FOOTER_TAIL_BYTES), objectBytes);
    const footerBytes = deps.archiveFiles.footerBytes(tail);
    const file = deps.archiveFiles.openFile(await bytesOf(deps, objectKey, Math.max(0, objectBytes - footerBytes), objectBytes));
    return { file, objectBytes, footerBytes };
  });
}

/** A store that does not answer says nothing of the object: everything else that fails does. */
async function readable<T>(objectKey: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (fault) {
    if (fault instanceof StoreUnavailable || fault instanceof ObjectUnreadable) throw fault;
    throw new ObjectUnreadable(objectKey, fault instanceof Error ? fault.message : String(fault), { cause: fault });
  }
}
