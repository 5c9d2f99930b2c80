import { expect, it } from 'vitest';
import { noteClaim, noteEmpty } from '../../../lib/core/group/poll-pace.ts';
import { readerMemory } from '../../../lib/core/group/reader-memory.ts';
import { timing } from '../../../lib/core/timing.ts';
import { claimedAtAge } from './pieces.ts';

const seenAtAge = (seenAgeMs: number) => ({ deliverables: [], lostToAgeMs: undefined, seenAgeMs });

it('pauses for longer than a second only while others are seen to come in time', () => {
  const memory = readerMemory();
  for (let looks = 0; looks < 100; looks += 1) {
    noteClaim(memory, seenAtAge(20));
    noteEmpty(memory);
  }
  expect(memory.pollMs).toBe(timing.pollAmongManyMaxMs);
  for (let looks = 0; looks < 11; looks += 1) noteEmpty(memory);
  expect(memory.pollMs).toBeLessThanOrEqual(timing.pollMaxMs);
});

it('goes back to a second at once when a message has waited for longer', () => {
  const memory = { ...readerMemory(), pollMs: timing.pollAmongManyMaxMs };
  noteClaim(memory, claimedAtAge(timing.pollMaxMs + 1));
  expect(memory.pollMs).toBeLessThanOrEqual(timing.pollMaxMs);
});
