import type { MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { retentionClassDays } from '../retention-classes.ts';
import { earliest, type EpochMs, latest, msAfter, secondsAfter } from '../time.ts';
import { DAY_MS, timing } from '../timing.ts';

export const endOf = ({ base, count }: Pick<Segment, 'base' | 'count'>): Offset => base + count;

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

/**
 * When TTL may remove a segment: the newest expiry of its messages plus the margin, or the end of its
 * life in the table, after which the archive has it.
 */
export function segmentRemovableAt(enqueuedAtMs: EpochMs, lastDueAtMs: EpochMs | undefined, historySeconds: number): EpochMs {
  const neededMs = historySeconds * 1000 + timing.removalMarginMs;
  return msAfter(latest(enqueuedAtMs, lastDueAtMs ?? enqueuedAtMs), Math.min(neededMs, timing.hotLifeMs));
}

/**
 * Until when the object of a large append is needed: as long as its segment may be in the table, also
 * when an archiver in trouble lets it live longer.
 */
export function objectNeededUntil(enqueuedAtMs: EpochMs, lastDueAtMs: EpochMs | undefined, historySeconds: number): EpochMs {
  const removableAtMs = segmentRemovableAt(enqueuedAtMs, lastDueAtMs, historySeconds);
  return outlivesTable(historySeconds) ? msAfter(removableAtMs, timing.extensionMaxMs) : removableAtMs;
}

/** Does a history of that length go on when the table has let go of a segment? */
export const outlivesTable = (historySeconds: number): boolean => historySeconds * 1000 + timing.removalMarginMs > timing.hotLifeMs;

/** What of a segment says how long its messages live. */
export interface Lifetime {
  readonly enqueuedAtMs: EpochMs;
  readonly lastDueAtMs?: EpochMs | undefined;
  readonly retentionSeconds: number;
}

/**
 * When the last of its messages has expired, plus the margin: what says that they are settled must stay
 * at least as long (storage-breaks.md B3).
 */
export const leaseRemovableAt = ({ enqueuedAtMs, lastDueAtMs, retentionSeconds }: Lifetime): EpochMs =>
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
export const segmentObjectKey = (log: string, appendId: string, nowMs: EpochMs, neededUntilMs: EpochMs): string =>
  `segments/${retentionClass(neededUntilMs - nowMs)}/${log}/${appendId}`;

/** The part of a key by which a lifecycle rule ends an object: the shortest class that is long enough. */
export function retentionClass(lifeMs: number): string {
  const days = retentionClassDays.find((class_) => class_ * DAY_MS >= lifeMs);
  return days === undefined ? 'kept' : `${days}d`;
}
