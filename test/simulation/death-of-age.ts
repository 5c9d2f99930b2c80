import type { DeadLetterOrigin } from '../../lib/core/message.ts';
import type { LogBook, LogBookOptions } from './log-book.ts';
import { currentOwner } from './ownership.ts';
import { Violation } from './violation.ts';

/** By which two clocks may differ. */
const CLOCK_SKEW_MS = 200;

/** By age nothing is moved too early, nor from under the hands of a consumer; who stood still may do that. */
export function checkDeathOfAge(book: LogBook, options: LogBookOptions, { messageId, incarnation }: DeadLetterOrigin): void {
  const { scheduler: { nowMs }, fail, checked, isFaultless, holderOf } = options;
  const original = book.entryOf(incarnation, messageId);
  if (!original) return;
  const ageMs = (book.incarnations.get(incarnation)?.maxAgeSecondsMin ?? 0) * 1000;
  checked(5);
  if (nowMs + CLOCK_SKEW_MS < original.availableFromMs + ageMs) fail(new Violation(5, `${messageId} became a dead letter before its age`, [messageId]));
  const holder = isFaultless ? holderOf(messageId, currentOwner(original)) : undefined;
  if (holder !== undefined) fail(new Violation(2, `${messageId} became a dead letter while ${holder} held it`, [messageId]));
}
