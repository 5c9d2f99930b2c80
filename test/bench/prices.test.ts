import { describe, expect, it } from 'vitest';
import { prices, usd } from '../../bench/prices.ts';

const nothing = { writeUnits: 0, readUnits: 0, s3Puts: 0, s3Gets: 0 };

describe('prices', () => {
  it('bills a million of each kind at its list price', () => {
    expect(usd({ ...nothing, writeUnits: 1_000_000 })).toBeCloseTo(0.625, 9);
    expect(usd({ ...nothing, readUnits: 1_000_000 })).toBeCloseTo(0.125, 9);
    expect(usd({ ...nothing, s3Puts: 1_000_000 })).toBeCloseTo(5, 9);
    expect(usd({ ...nothing, s3Gets: 1_000_000 })).toBeCloseTo(0.4, 9);
    expect(prices.sqsRequest * 1_000_000).toBeCloseTo(0.4, 9);
  });

  it('adds up what is billed together, and nothing costs nothing', () => {
    expect(usd({ writeUnits: 2, readUnits: 4, s3Puts: 1, s3Gets: 10 })).toBeCloseTo((2 * 0.625 + 4 * 0.125 + 5 + 10 * 0.4) / 1_000_000, 12);
    expect(usd(nothing)).toBe(0);
  });
});
