import type { Deps } from '../deps.ts';
import { ObjectUnreadable } from '../errors.ts';
import { archivedContents } from '../log/archived.ts';
import { archivedFrom, isArchivedFrom, knownManifest } from '../log/history.ts';
import { endOf, isSeal, outlivesTable } from '../log/segment.ts';
import { unpackedSegment } from '../log/unpack.ts';
import type { MessageContent } from '../message.ts';
import type { Segment, ShardKey } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { rememberContents, rememberedContents } from '../process-memory.ts';
import { historySeconds, type QueueSettings } from '../queue.ts';
import type { ReadPoint } from './reader-memory.ts';

/** Segments of a shard from a point on, contiguous, ending before a seal or a gap. */
export interface LogRead {
  readonly segments: readonly Segment[];
  /** Where the first segment begins: later than asked for when what was in between has expired. */
  readonly startsAt: Offset;
  /** Offset of the seal that ends the shard, when the read reached it. */
  readonly sealedAt: Offset | undefined;
}

/** A shard, and the settings of its queue: they tell whether there can be an archive of it. */
export interface ReadableShard extends ShardKey {
  readonly settings: Pick<QueueSettings, 'retentionSeconds' | 'rewindSeconds'>;
}

/**
 * An eventual read may miss a segment in the middle. Leasing over it would lose its messages, so a gap
 * at the front gets one strong read. What is missing then is no longer in the table, since offsets are
 * dense (storage-breaks.md B7): it is in the archive, or has expired.
 */
export async function readLog(deps: Deps, { settings, log, shard }: ReadableShard, from: ReadPoint, limit: number): Promise<LogRead> {
  const key = { log, shard };
  const hasArchive = outlivesTable(historySeconds(settings));
  const isKnownCold = hasArchive && knownManifest(deps, key, from.offset) !== undefined;
  const eventual = isKnownCold ? [] : await deps.log.listSegments({ ...key, from: from.base, limit, consistent: false });
  const first = eventual[0];
  if (first && first.base <= from.offset) return contiguous(eventual, from.offset);
  if (!first && !isKnownCold && !(hasArchive && await isArchivedFrom(deps, key, from.offset))) return contiguous([], from.offset);
  const strong = isKnownCold ? [] : await deps.log.listSegments({ ...key, from: from.base, limit, consistent: true });
  if (!hasArchive || (strong[0] && strong[0].base <= from.offset)) return contiguous(strong, from.offset);
  const cold = await archivedFrom(deps, key, from.offset, strong[0]?.base);
  return contiguous(cold.length > 0 ? cold : strong, from.offset);
}

function contiguous(read: readonly Segment[], from: Offset): LogRead {
  const startsAt = Math.max(from, read[0]?.base ?? from);
  const segments: Segment[] = [];
  let expected = read[0]?.base ?? from;
  for (const segment of read) {
    if (segment.base !== expected) break;
    if (isSeal(segment)) return { segments, startsAt, sealedAt: segment.base };
    segments.push(segment);
    expected = endOf(segment);
  }
  return { segments: segments.filter((segment) => endOf(segment) > from), startsAt, sealedAt: undefined };
}

/**
 * The messages of a segment, from this process's cache, the item, the object store or the archive.
 * @throws ObjectUnreadable when an acknowledged object is missing or damaged: a bug, or somebody was at the bucket
 */
export async function contentsOf(deps: Deps, segment: Segment): Promise<readonly MessageContent[]> {
  const { body, base } = segment;
  if (body.kind === 'unreadable') throw body.fault;
  if (body.kind === 'archived') return archivedContents(deps, body.manifest, base);
  const cached = rememberedContents(deps.memory, segment);
  if (cached) return cached;
  const { contents, packedBytes } = await unpackedSegment(deps, segment);
  rememberContents(deps.memory, segment, contents, packedBytes);
  return contents;
}

/** The same where others must not wait for what cannot be read: that is reported, and answered with undefined. */
export async function readableContents(deps: Deps, segment: Segment): Promise<readonly MessageContent[] | undefined> {
  try {
    return await contentsOf(deps, segment);
  } catch (fault) {
    if (!(fault instanceof ObjectUnreadable)) throw fault;
    deps.report(fault);
    return undefined;
  }
}
