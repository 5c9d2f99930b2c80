import type { MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { retentionClassDays } from '../retention-classes.ts';
import { earliest, type EpochMs, latest, msAfter, secondsAfter } from '../time.ts';
import { DAY_MS, timing } from '../timing.ts';

export const endOf = (segment: Segment): Offset => segment.base + segment.count;

export const isSeal = (segment: Segment): boolean => segment.body.kind === 'seal';

/** Latest due time of the messages, undefined when none is delayed. */
export function lastDue(messages: readonly MessageContent[]): EpochMs | undefined {
  return messages.reduce<EpochMs | undefined>((last, { dueAtMs }) =>
    (dueAtMs === undefined ? last : latest(last ?? dueAtMs, dueAtMs)), undefined);
}

/** Earliest due time of the messages, undefined when none is delayed. */
export function firstDue(messages: readonly MessageContent[]): EpochMs | undefined {
  return messages.reduce<EpochMs | undefined>((first, { dueAtMs }) =>
    (dueAtMs === undefined ? first : earliest(first ?? dueAtMs, dueAtMs)), undefined);
}

/** When TTL may remove a segment: the newest expiry of its messages plus the margin. */
export const segmentRemovableAt = (enqueuedAtMs: EpochMs, lastDueAtMs: EpochMs | undefined, retentionSeconds: number): EpochMs =>
  msAfter(secondsAfter(latest(enqueuedAtMs, lastDueAtMs ?? enqueuedAtMs), retentionSeconds), timing.removalMarginMs);

/**
 * When the last of its messages has expired, plus the margin: what says that they are settled must stay
 * at least as long (storage-breaks.md B3).
 */
export const leaseRemovableAt = ({ enqueuedAtMs, lastDueAtMs, retentionSeconds }: Segment): EpochMs =>
  msAfter(secondsAfter(latest(enqueuedAtMs, lastDueAtMs ?? enqueuedAtMs), retentionSeconds), timing.removalMarginMs);

/**
 * When a message expires: later of enqueue and due time, plus retention. A longer setting applies to
 * later sends, a shorter one to all (storage.md, *Hot and cold*).
 */
export function messageExpiresAt(segment: Segment, content: MessageContent, retentionSeconds: number): EpochMs {
  const from = latest(segment.enqueuedAtMs, content.dueAtMs ?? segment.enqueuedAtMs);
  return secondsAfter(from, Math.min(segment.retentionSeconds, retentionSeconds));
}

/** When its last message has expired: from then on nobody needs to look into it. */
export const segmentExpiresAt = (segment: Segment, retentionSeconds: number): EpochMs =>
  secondsAfter(latest(segment.enqueuedAtMs, segment.lastDueAtMs ?? segment.enqueuedAtMs), Math.min(segment.retentionSeconds, retentionSeconds));

/**
 * Key of a large append's object. Its class outlives the segment; a lifecycle rule ends it, and with
 * it what a send left that failed between object and segment.
 */
export function segmentObjectKey(log: string, appendId: string, nowMs: EpochMs, removableAtMs: EpochMs): string {
  const days = Math.ceil((removableAtMs - nowMs) / DAY_MS);
  const retentionClass = retentionClassDays.find((class_) => class_ >= days);
  return `segments/${retentionClass === undefined ? 'kept' : `${retentionClass}d`}/${log}/${appendId}`;
}
