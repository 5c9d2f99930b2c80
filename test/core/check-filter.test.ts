import { expect, it } from 'vitest';
import { checkFilter, subscriptionFilterBytes } from '../../lib/core/check-filter.ts';
import type { SubscriptionFilter } from '../../lib/core/subscription-filter.ts';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`);
const named = (count: number, name = 'n') => Object.fromEntries(numbered(count).map((suffix) => [`${name}${suffix}`, 'x']));

it.each<[string, SubscriptionFilter]>([
  ['nothing', {}],
  ['100 tags', { tags: numbered(100) }],
  ['a tag of 64 characters', { tags: ['x'.repeat(64)] }],
  ['100 binding keys', { bindingKeys: numbered(100) }],
  ['what CMQ has of everything', { tags: Array(5).fill('x'.repeat(16)), bindingKeys: Array(5).fill(`${'*.'.repeat(15)}${'x'.repeat(34)}`) }],
  ['no attributes', { attributes: {} }],
  ['20 attributes', { attributes: named(20) }],
  ['a name of 128 characters', { attributes: { ['x'.repeat(128)]: 'x' } }],
  ['texts of 4096 characters', { attributes: { a: 'x'.repeat(4096), b: { prefix: 'x'.repeat(4096) } } }],
  ['ranges', { attributes: { a: { min: 1, max: 1 }, b: { min: -1.5 }, c: { max: 0 } } }],
  ['100 alternatives', { attributes: { a: { anyOf: numbered(100) }, b: { anyOf: [{ exists: false }, { min: 1 }, { prefix: '' }, ''] } } }],
])('takes %s', (_, filter) => {
  expect(() => checkFilter(filter)).not.toThrow();
});

it.each<[SubscriptionFilter, string, object]>([
  [{ tags: [] }, 'filter.tags must have 1 to 100 tags, has 0', { field: 'filter.tags', min: 1, max: 100, unit: 'tags', value: 0 }],
  [{ tags: numbered(101) }, 'filter.tags must have 1 to 100 tags, has 101', { value: 101 }],
  [{ tags: ['a', ''] }, 'filter.tags[1] must have 1 to 64 characters, has 0', { field: 'filter.tags[1]' }],
  [{ tags: ['x'.repeat(65)] }, 'filter.tags[0] must have 1 to 64 characters, has 65', {}],
  [{ bindingKeys: [] }, 'filter.bindingKeys must have 1 to 100 keys, has 0', {}],
  [{ bindingKeys: numbered(101) }, 'filter.bindingKeys must have 1 to 100 keys, has 101', {}],
  [{ bindingKeys: ['a', ''] }, 'filter.bindingKeys[1] must have 1 to 255 characters, has 0', {}],
  [{ attributes: named(21) }, 'filter.attributes must have 0 to 20 attributes, has 21', {}],
  [{ attributes: { '': 'x' } }, 'a name in filter.attributes must have 1 to 128 characters, has 0', {}],
  [{ attributes: { ['x'.repeat(129)]: 'x' } }, 'a name in filter.attributes must have 1 to 128 characters, has 129', {}],
  [{ attributes: { a: 'x'.repeat(4097) } }, 'filter.attributes.a must have 0 to 4096 characters, has 4097', {}],
  [{ attributes: { a: { prefix: 'x'.repeat(4097) } } }, 'filter.attributes.a.prefix must have 0 to 4096 characters, has 4097', {}],
  [{ attributes: { a: { anyOf: [] } } }, 'filter.attributes.a.anyOf must have 1 to 100 alternatives, has 0', {}],
  [{ attributes: { a: { anyOf: numbered(101) } } }, 'filter.attributes.a.anyOf must have 1 to 100 alternatives, has 101', {}],
  [{ attributes: { a: { anyOf: ['x', 'x'.repeat(4097)] } } }, 'filter.attributes.a.anyOf[1] must have 0 to 4096 characters, has 4097', {}],
])('refuses what is out of bounds: %j', (filter, message, details) => {
  expect(() => checkFilter(filter)).toThrow(expect.objectContaining({ kind: 'parameterOutOfRange', message, details: expect.objectContaining(details) }));
});

it.each<[SubscriptionFilter, RegExp]>([
  [{ bindingKeys: ['a', 'b..c'] }, /^their\.bindingKeys\[1\] must be words separated by dots/],
  [{ attributes: { a: {} } }, /^their\.attributes\.a must have at least one of min, max$/],
  [{ attributes: { a: { anyOf: ['x', { min: 2, max: 1 }] } } }, /^their\.attributes\.a\.anyOf\[1\] must have a min that is at most its max, got 2 and 1$/],
])('refuses what has no meaning: %j', (filter, message) => {
  expect(() => checkFilter(filter, 'their')).toThrow(expect.objectContaining({ kind: 'malformedRequest', message: expect.stringMatching(message) }));
});

it('takes a filter of 16 KiB and none of a byte more, as UTF-8', () => {
  const filled = (last: string): SubscriptionFilter => ({ attributes: { a: 'é'.repeat(4096), b: 'x'.repeat(4096), c: 'x'.repeat(4050), d: last } });
  const room = 16_384 - subscriptionFilterBytes(filled(''));
  expect(() => checkFilter(filled('x'.repeat(room)))).not.toThrow();
  expect(() => checkFilter(filled('x'.repeat(room + 1)))).toThrow('filter must have 2 to 16384 bytes, has 16385');
});
