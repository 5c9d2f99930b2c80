import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { allowedAt, noteBegun, paceOf, repaced } from '../../../lib/core/push/push-pace.ts';

it('lets everything through where no rate is set', () => {
  const pace = paceOf(undefined, 99);
  expect(allowedAt(pace, 0)).toBe(Number.POSITIVE_INFINITY);
  noteBegun(pace, 1000, 0);
  expect(allowedAt(pace, 0)).toBe(Number.POSITIVE_INFINITY);
});

it('spaces what begins, and does not make up for what was missed', () => {
  const pace = paceOf(10, 0);
  const begun: number[] = [];
  for (const nowMs of [0, 99, 100, 101, 950, 951, 1049, 1050]) {
    const count = allowedAt(pace, nowMs);
    noteBegun(pace, count, nowMs);
    for (let at = 0; at < count; at += 1) begun.push(nowMs);
  }
  expect(begun).toEqual([0, 100, 950, 1050]);
});

it('lets nothing through before the time that it begins with', () => {
  const pace = paceOf(1, 500);
  expect([0, 499, 500, 600].map((nowMs) => allowedAt(pace, nowMs))).toEqual([0, 0, 1, 1]);
});

it('never lets more through in a second than the rate says, whenever it is asked', () => {
  const looks = fc.array(fc.nat(40), { minLength: 50, maxLength: 300 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), looks, fc.integer({ min: 1, max: 1000 }), (rate, gaps, wanted) => {
    const pace = paceOf(rate, 0);
    const begun: number[] = [];
    let nowMs = 0;
    for (const gap of gaps) {
      nowMs += gap;
      const count = Math.min(wanted, allowedAt(pace, nowMs));
      noteBegun(pace, count, nowMs);
      for (let at = 0; at < count; at += 1) begun.push(nowMs);
    }
    // A window begins with a message: the one that is `rate` messages later is not within it.
    for (let at = 0; at + rate < begun.length; at += 1) expect(begun[at + rate]! - begun[at]!).toBeGreaterThanOrEqual(1000);
  }));
});

it('takes another rate from the last message on', () => {
  const slow = paceOf(0.02, 0);
  noteBegun(slow, 1, 100);
  expect(repaced(slow, 10).nextAtMs).toBe(200);
  expect(repaced(slow, 0.01).nextAtMs).toBe(100_100);
  expect(allowedAt(repaced(slow, undefined), 100)).toBe(Number.POSITIVE_INFINITY);
  expect(repaced(paceOf(undefined, 0), 2)).toEqual({ spacingMs: 500, nextAtMs: 500 });
});
