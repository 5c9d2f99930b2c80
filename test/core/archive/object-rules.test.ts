import { expect, it } from 'vitest';
import { belongsTo, type OpenObject } from '../../../lib/core/archive/object-rules.ts';
import { epochMs, msAfter } from '../../../lib/core/time.ts';
import { bounds } from '../../../lib/core/timing.ts';
import { segmentOf } from '../../contract/samples.ts';

const beganMs = epochMs(Date.parse('2027-01-31T11:00:00Z'));
const first = segmentOf({ base: 100, count: 10, enqueuedAtMs: beganMs, retentionSeconds: 30 * 86_400 });
const open: OpenObject = { first, end: 110, bytes: 1000, rowGroups: 1 };
const next = { ...first, base: 110, enqueuedAtMs: msAfter(beganMs, 3_599_999) };

it('takes what follows, of the same hour and class, into one object', () => {
  expect(belongsTo(open, next)).toBe(true);
  expect(belongsTo(open, { ...next, base: 111 })).toBe(false);
  expect(belongsTo(open, { ...next, enqueuedAtMs: msAfter(beganMs, 3_600_000) })).toBe(false);
  expect(belongsTo(open, { ...next, retentionSeconds: 90 * 86_400 })).toBe(false);
});

it('ends an object at its bounds of bytes, messages and row groups', () => {
  const far = first.base + bounds.archiveObjectMessages;
  for (const [within, beyond] of [
    [{ bytes: bounds.archiveObjectBytes - 1 }, { bytes: bounds.archiveObjectBytes }],
    [{ rowGroups: bounds.archiveObjectRowGroups - 1 }, { rowGroups: bounds.archiveObjectRowGroups }],
  ] as const) {
    expect(belongsTo({ ...open, ...within }, next)).toBe(true);
    expect(belongsTo({ ...open, ...beyond }, next)).toBe(false);
  }
  expect(belongsTo({ ...open, end: far - 1 }, { ...next, base: far - 1 })).toBe(true);
  expect(belongsTo({ ...open, end: far }, { ...next, base: far })).toBe(false);
});
