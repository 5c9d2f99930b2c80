import type { SealReason, Segment, SegmentBody } from '../../core/ports/log-table.ts';
import type { SegmentSummary } from '../../core/segment-summary.ts';
import { bytes, ifThere, instant, list, number, optional, removableAt, text, ttlOf } from './attributes.ts';
import type { Attributes, Item } from './item-table.ts';
import { parseSegmentKey, segmentKey } from './keys.ts';

/**
 * A segment as an item. With ids of 14 characters all but the packed bodies takes about 85 bytes.
 *
 *   n   messages (absent in a seal)      b   packed bodies, or
 *   t   enqueued at, ms                  o   object key, and
 *   a   append id                        p   packed bytes of that object, or
 *   r   retention, s                     z   reason of a seal
 *   d   last due time, ms (optional)     ttl removable at, s
 *   tg  tags that occur (of a topic's), and
 *   rk  routing keys; absent: not known
 *   rc  the one subscription that it is for
 *   pu  1: it wakes the pushes of its topic. The event source of the stream filters by it (cdk/constructs/)
 */
export function segmentToItem(segment: Segment): Item {
  return {
    ...segmentKey(segment),
    n: segment.count || undefined,
    t: segment.enqueuedAtMs,
    a: segment.appendId,
    r: segment.retentionSeconds,
    d: segment.lastDueAtMs,
    tg: segment.summary?.tags,
    rk: segment.summary?.routingKeys,
    rc: segment.recipient,
    pu: segment.isPushed ? 1 : undefined,
    ttl: ttlOf(segment.removableAtMs),
    ...bodyToAttributes(segment.body),
  };
}

export function segmentFromItem(item: Item): Segment {
  return {
    ...parseSegmentKey(item),
    count: optional(item, 'n', number) ?? 0,
    enqueuedAtMs: instant(item, 't'),
    appendId: text(item, 'a'),
    retentionSeconds: number(item, 'r'),
    ...ifThere('lastDueAtMs', optional(item, 'd', instant)),
    ...ifThere('summary', summaryOf(item)),
    ...ifThere('recipient', optional(item, 'rc', text)),
    ...(item['pu'] === undefined ? {} : { isPushed: true }),
    removableAtMs: removableAt(item),
    body: bodyFromItem(item),
  };
}

function summaryOf(item: Item): SegmentSummary | undefined {
  const [tags, routingKeys] = [optional(item, 'tg', list), optional(item, 'rk', list)];
  if (!tags && !routingKeys) return undefined;
  return { ...ifThere('tags', tags?.map(String)), ...ifThere('routingKeys', routingKeys?.map(String)) };
}

function bodyToAttributes(body: SegmentBody): Attributes {
  if (body.kind === 'inline') return { b: body.packed };
  if (body.kind === 'object') return { o: body.objectKey, p: body.packedBytes };
  if (body.kind === 'seal') return { z: sealCodes[body.reason] };
  throw new Error(`a segment from the archive is not stored: ${body.kind}`);
}

function bodyFromItem(item: Item): SegmentBody {
  if (item['b'] !== undefined) return { kind: 'inline', packed: bytes(item, 'b') };
  if (item['o'] !== undefined) return { kind: 'object', objectKey: text(item, 'o'), packedBytes: number(item, 'p') };
  return { kind: 'seal', reason: sealReason(text(item, 'z')) };
}

/** Stored data: add, never reuse. */
const sealCodes: Readonly<Record<SealReason, string>> = { idle: 'i', retired: 'r', purged: 'p', deleted: 'd' };

function sealReason(code: string): SealReason {
  const reasons: readonly SealReason[] = ['idle', 'retired', 'purged', 'deleted'];
  const reason = reasons.find((candidate) => sealCodes[candidate] === code);
  if (!reason) throw new Error(`a seal for an unknown reason: ${code}`);
  return reason;
}
