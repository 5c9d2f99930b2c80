import { timing } from '../timing.ts';
import type { Claimed } from './claim.ts';
import type { ReaderMemory } from './reader-memory.ts';

/**
 * How long a waiting consumer pauses between two looks. The ages of the messages it gets say whether
 * the consumers together look too rarely or too often; so the polls of a queue cost about the same
 * with one consumer and with two hundred (storage-breaks.md section 4 has the figures).
 */
const FRESH_MS = 40;
const STALE_MS = 90;

export function noteClaim(memory: ReaderMemory, { deliverables, lostToAgeMs, seenAgeMs }: Claimed): void {
  const ageMs = deliverables[0]?.lease.ageMs ?? seenAgeMs;
  memory.othersCame = lostToAgeMs !== undefined || seenAgeMs !== undefined;
  // The others are gone: no longer one among many.
  if (ageMs !== undefined && ageMs > timing.pollMaxMs) pace(memory, 1, timing.pollMaxMs);
  if (ageMs !== undefined && ageMs > STALE_MS) pace(memory, 0.8);
  if (ageMs !== undefined && ageMs < FRESH_MS) pace(memory, 1.25);
  if (lostToAgeMs !== undefined) pace(memory, lostToAgeMs > STALE_MS ? 1 : 1.6);
}

/**
 * Nothing there: slower, little by little, so that a consumer at rest costs next to nothing. Slower than
 * that only where others are seen to be faster: without them, back to it.
 */
export function noteEmpty(memory: ReaderMemory): void {
  const { othersCame } = memory;
  memory.othersCame = false;
  if (othersCame) return;
  if (memory.pollMs > timing.pollMaxMs) pace(memory, 0.8);
  else pace(memory, 1.02, timing.pollMaxMs);
}

function pace(memory: ReaderMemory, factor: number, maxMs: number = timing.pollAmongManyMaxMs): void {
  memory.pollMs = Math.min(maxMs, Math.max(timing.pollMinMs, memory.pollMs * factor));
}
