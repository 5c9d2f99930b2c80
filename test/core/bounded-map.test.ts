import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoundedMap } from '../../lib/core/bounded-map.ts';

it('keeps what fits and forgets what was used longest ago', () => {
  const map = new BoundedMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.get('a')).toBe(1);
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
});

it('counts weights, and gives the weight back when an entry is replaced or deleted', () => {
  const map = new BoundedMap<string>(10);
  map.set('a', 'heavy', 8);
  map.set('a', 'light', 2);
  map.set('b', 'fits beside it', 8);
  expect(map.size).toBe(2);
  map.delete('b');
  map.delete('b');
  map.set('c', 'fits again', 8);
  expect(map.values()).toEqual(['light', 'fits again']);
});

it('does not keep what alone is too heavy', () => {
  const map = new BoundedMap<string>(10);
  map.set('a', 'too heavy', 11);
  expect(map.size).toBe(0);
});

it('makes a value once and then answers the same', () => {
  const map = new BoundedMap<object>(1);
  const made = map.getOrPut('a', () => ({}));
  expect(map.getOrPut('a', () => ({}))).toBe(made);
});

it('never weighs more than its bound, and always has what was set last if that fits', () => {
  const change = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), weight: fc.integer({ min: 1, max: 12 }), isDelete: fc.boolean() });
  fc.assert(fc.property(fc.array(change), (changes) => {
    const map = new BoundedMap<number>(10);
    for (const { key, weight, isDelete } of changes) {
      if (isDelete) map.delete(key);
      else map.set(key, weight, weight);
      expect(map.get(key)).toBe(isDelete || weight > 10 ? undefined : weight);
      expect(map.values().reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(10);
    }
  }));
});
