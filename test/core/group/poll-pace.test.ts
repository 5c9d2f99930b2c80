import { expect, it } from 'vitest';
import { noteClaim, noteEmpty } from '../../../lib/core/group/poll-pace.ts';
import { readerMemory } from '../../../lib/core/group/reader-memory.ts';
import { timing } from '../../../lib/core/timing.ts';
import { claimedAtAge, lostToAge } from './pieces.ts';

it('begins fast, slows down while nothing comes, and never beyond its bound', () => {
  const memory = readerMemory();
  expect(memory.pollMs).toBe(timing.pollMinMs);
  noteEmpty(memory);
  expect(memory.pollMs).toBeGreaterThan(timing.pollMinMs);
  for (let looks = 0; looks < 1000; looks += 1) noteEmpty(memory);
  expect(memory.pollMs).toBe(timing.pollMaxMs);
});

it('looks more often when the messages it gets have waited, less often when they are fresh', () => {
  const memory = { ...readerMemory(), pollMs: 200 };
  noteClaim(memory, claimedAtAge(91));
  expect(memory.pollMs).toBe(160);
  noteClaim(memory, claimedAtAge(60));
  expect(memory.pollMs).toBe(160);
  noteClaim(memory, claimedAtAge(39));
  expect(memory.pollMs).toBe(200);
});

it('makes way for a faster consumer, but not where even that one was late', () => {
  const memory = { ...readerMemory(), pollMs: 100 };
  noteClaim(memory, lostToAge(50));
  expect(memory.pollMs).toBe(160);
  noteClaim(memory, lostToAge(91));
  expect(memory.pollMs).toBe(160);
});

it('never looks more often than its bound', () => {
  const memory = readerMemory();
  noteClaim(memory, claimedAtAge(10_000));
  expect(memory.pollMs).toBe(timing.pollMinMs);
});
