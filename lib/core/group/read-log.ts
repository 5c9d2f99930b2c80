import type { Deps } from '../deps.ts';
import { endOf, isSeal } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { rememberContents, rememberedContents } from '../process-memory.ts';
import type { ReadPoint } from './reader-memory.ts';

/**
 * Segments of a shard from a point on, contiguous, ending before a seal or a gap.
 *
 * An eventual read may miss a segment in the middle. Leasing over it would lose its messages, so a
 * gap at the front gets one strong read; what is missing then has expired, since offsets are dense
 * (storage-breaks.md B7).
 */
export interface LogRead {
  readonly segments: readonly Segment[];
  /** Where the first segment begins: later than asked for when what was in between has expired. */
  readonly startsAt: Offset;
  /** Offset of the seal that ends the shard, when the read reached it. */
  readonly sealedAt: Offset | undefined;
}

export async function readLog(
  deps: Deps, shard: { readonly log: string; readonly shard: string }, from: ReadPoint, limit: number,
): Promise<LogRead> {
  const eventual = await deps.log.listSegments({ ...shard, from: from.base, limit, consistent: false });
  const first = eventual[0];
  if (!first || first.base <= from.offset) return contiguous(eventual, from.offset);
  const strong = await deps.log.listSegments({ ...shard, from: from.base, limit, consistent: true });
  return contiguous(strong, from.offset);
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
 * The messages of a segment, from this process's cache, the item or the object store.
 * @throws Error when an acknowledged object is not there: a bug, or somebody emptied the bucket
 */
export async function contentsOf(deps: Deps, segment: Segment): Promise<readonly MessageContent[]> {
  const cached = rememberedContents(deps.memory, segment);
  if (cached) return cached;
  const packed = await packedOf(deps, segment);
  const contents = deps.codec.unpack(packed);
  rememberContents(deps.memory, segment, contents, packed.byteLength);
  return contents;
}

async function packedOf(deps: Deps, { body, log, shard, base }: Segment): Promise<Uint8Array> {
  if (body.kind === 'inline') return body.packed;
  if (body.kind === 'seal') throw new Error('a seal has no messages');
  const packed = await deps.objects.getObject(body.objectKey);
  if (!packed) throw new Error(`object ${body.objectKey} of segment ${log}/${shard}/${base} is missing`);
  return packed;
}
