import { describe, expect, it } from 'vitest';
import {
  endOf, firstDue, isSeal, lastDue, messageExpiresAt, segmentExpiresAt, segmentObjectKey, segmentRemovableAt,
} from '../../../lib/core/log/segment.ts';
import { retentionClassDays } from '../../../lib/core/retention-classes.ts';
import { msAfter, secondsAfter } from '../../../lib/core/time.ts';
import { DAY_MS } from '../../../lib/core/timing.ts';
import { messageDueAt, segmentOf, START_MS } from '../group/pieces.ts';

it('ends behind its last message; a seal has none', () => {
  expect(endOf(segmentOf({ base: 5, count: 3 }))).toBe(8);
  expect([isSeal(segmentOf()), isSeal(segmentOf({ body: { kind: 'seal', reason: 'idle' } }))]).toEqual([false, true]);
});

it('knows the first and the last due time of its messages', () => {
  const messages = [20, undefined, 10, 30].map((seconds) => messageDueAt(seconds === undefined ? undefined : secondsAfter(START_MS, seconds)));
  expect([firstDue(messages), lastDue(messages)]).toEqual([secondsAfter(START_MS, 10), secondsAfter(START_MS, 30)]);
  expect([firstDue([messageDueAt()]), lastDue([])]).toEqual([undefined, undefined]);
});

describe('a message expires', () => {
  it('after the retention at its send, or that of today where it is shorter', () => {
    expect(messageExpiresAt(segmentOf({ retentionSeconds: 60 }), messageDueAt(), 100)).toBe(secondsAfter(START_MS, 60));
    expect(messageExpiresAt(segmentOf({ retentionSeconds: 100 }), messageDueAt(), 60)).toBe(secondsAfter(START_MS, 60));
  });

  it('counted from its due time where it was delayed', () => {
    const segment = segmentOf({ retentionSeconds: 60, lastDueAtMs: secondsAfter(START_MS, 1000) });
    expect(messageExpiresAt(segment, messageDueAt(secondsAfter(START_MS, 500)), 60)).toBe(secondsAfter(START_MS, 560));
    expect(segmentExpiresAt(segment, 60)).toBe(secondsAfter(START_MS, 1060));
  });

  it('a day before TTL may remove its segment', () => {
    expect(segmentRemovableAt(START_MS, undefined, 60)).toBe(msAfter(START_MS, 60_000 + DAY_MS));
    expect(segmentRemovableAt(START_MS, secondsAfter(START_MS, 1000), 60)).toBe(msAfter(START_MS, 1_060_000 + DAY_MS));
  });
});

describe('the class of an object', () => {
  const classOf = (days: number) => Number(/^segments\/(\d+)d\/log\/a$/.exec(segmentObjectKey('log', 'a', START_MS, msAfter(START_MS, days * DAY_MS)))?.[1]);
  const longest = Math.max(...retentionClassDays);

  it('outlives its segment, and is the shortest that does', () => {
    for (const days of [0.1, 1, 1.001, 5, 31, 400]) {
      expect(classOf(days)).toBe(Math.min(...retentionClassDays.filter((one) => one >= days)));
    }
  });

  it('is exact at its bound', () => {
    for (const bound of retentionClassDays.filter((one) => one < longest)) {
      expect(classOf(bound)).toBe(bound);
      expect(classOf(bound + 0.001)).toBeGreaterThan(bound);
    }
  });

  it('is none, so that nothing removes it, where no class outlives its segment', () => {
    const key = segmentObjectKey('log', 'a', START_MS, msAfter(START_MS, (longest + 1) * DAY_MS));
    expect(retentionClassDays.some((days) => key.startsWith(`segments/${days}d/`))).toBe(false);
  });
});
