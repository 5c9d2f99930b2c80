import { describe, expect, it } from 'vitest';
import { itemBytes, readUnits, writeUnits } from '../../../lib/storage/items/item-size.ts';
import type { Value } from '../../../lib/storage/items/item-table.ts';

describe('item size', () => {
  const KEY_BYTES = 'pk'.length + 'sk'.length + 2;

  it.each<[Value, number]>([
    ['', 0],
    ['é', 2],
    [new Uint8Array(5), 5],
    [true, 1],
    [0, 1],
    [7, 2],
    [99, 2],
    [100, 2],
    [1234, 3],
    [-1234, 4],
    [1_700_000_000_123, 8],
    [new Set([1, 22, 333]), 2 + 2 + 3],
    [['ab', 7], 3 + 1 + 2 + 1 + 2],
  ])('of %o follows the manual: %d bytes and the name', (value, bytes) => {
    expect(itemBytes({ pk: 'p', sk: 's', n: value })).toBe(KEY_BYTES + 1 + bytes);
  });

  it('does not count what is undefined', () => {
    expect(itemBytes({ pk: 'p', sk: 's', n: undefined })).toBe(KEY_BYTES);
  });
});

describe('capacity units', () => {
  it('are at least one for a write, and one for each kilobyte begun', () => {
    expect([0, 1, 1024, 1025].map(writeUnits)).toEqual([1, 1, 1, 2]);
  });

  it('are one for four kilobytes read, or a half', () => {
    expect([0, 4096, 4097].map((bytes) => readUnits(bytes, true))).toEqual([1, 1, 2]);
    expect([0, 4096, 4097].map((bytes) => readUnits(bytes, false))).toEqual([0.5, 0.5, 1]);
  });
});
