import { expect, it } from 'vitest';
import { type Filterable, filterAt, type SubscriptionFilter, subscriptionMatcher } from '../../lib/core/subscription-filter.ts';
import { epochMs } from '../../lib/core/time.ts';

const message = (parts: Partial<Filterable> = {}): Filterable => ({ tags: [], attributes: {}, ...parts });

it.each<[SubscriptionFilter, Partial<Filterable>, boolean]>([
  [{}, {}, true],
  [{}, { tags: ['a'], routingKey: 'a.b', attributes: { a: 'b' } }, true],
  [{ tags: ['a', 'b'] }, { tags: ['b', 'c'] }, true],
  [{ tags: ['a', 'b'] }, { tags: ['c'] }, false],
  [{ tags: ['a'] }, {}, false],
  [{ tags: [] }, { tags: ['a'] }, false],
  [{ bindingKeys: ['a.*', 'b'] }, { routingKey: 'b' }, true],
  [{ bindingKeys: ['a.*', 'b'] }, { routingKey: 'c' }, false],
  [{ bindingKeys: ['#'] }, {}, true],
  [{ bindingKeys: ['#.#'] }, { routingKey: '' }, true],
  [{ bindingKeys: ['*'] }, {}, false],
  [{ attributes: { a: '1', b: { min: 2 } } }, { attributes: { a: '1', b: '2', c: '3' } }, true],
  [{ attributes: { a: '1', b: { min: 2 } } }, { attributes: { a: '1', b: '1' } }, false],
  [{ attributes: { a: '1', b: { min: 2 } } }, { attributes: { a: '1' } }, false],
  [{ attributes: {} }, {}, true],
  [{ tags: ['a'], bindingKeys: ['b'], attributes: { c: '1' } }, { tags: ['a'], routingKey: 'b', attributes: { c: '1' } }, true],
  [{ tags: ['a'], bindingKeys: ['b'], attributes: { c: '1' } }, { routingKey: 'b', attributes: { c: '1' } }, false],
  [{ tags: ['a'], bindingKeys: ['b'], attributes: { c: '1' } }, { tags: ['a'], attributes: { c: '1' } }, false],
  [{ tags: ['a'], bindingKeys: ['b'], attributes: { c: '1' } }, { tags: ['a'], routingKey: 'b' }, false],
])('%j lets %j through: %s', (filter, parts, passes) => {
  expect(subscriptionMatcher(filter)(message(parts))).toBe(passes);
});

it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('takes %s for a name as any other', (name) => {
  const withIt = message({ attributes: Object.fromEntries([[name, 'x']]) });
  const exists = subscriptionMatcher({ attributes: Object.fromEntries([[name, { exists: true }]]) });
  const isX = subscriptionMatcher({ attributes: Object.fromEntries([[name, 'x']]) });
  expect([exists(message()), isX(message())]).toEqual([false, false]);
  expect([exists(withIt), isX(withIt)]).toEqual([true, true]);
});

it('survives its storage as JSON', () => {
  const filter: SubscriptionFilter = {
    tags: ['a'], bindingKeys: ['a.#'], attributes: { a: 'x', b: { prefix: '' }, c: { min: 0 }, d: { anyOf: ['x', { exists: false }, { max: -1.5 }] } },
  };
  expect(JSON.parse(JSON.stringify(filter))).toEqual(filter);
});

const [first, second, third] = [{ tags: ['first'] }, { tags: ['second'] }, { tags: ['third'] }];
const versions = [{ fromMs: epochMs(1000), filter: first }, { fromMs: epochMs(2000), filter: second }, { fromMs: epochMs(3000), filter: third }];

it.each([[0, first], [999, first], [1000, first], [1999, first], [2000, second], [2999, second], [3000, third], [9999, third]])(
  'has in force at %i the filter %j', (atMs, filter) => {
    expect(filterAt(versions, epochMs(atMs))).toBe(filter);
  });

it('takes the last of two of the same time', () => {
  const changedTwice = [{ fromMs: epochMs(1000), filter: first }, { fromMs: epochMs(2000), filter: second }, { fromMs: epochMs(2000), filter: third }];
  expect(filterAt(changedTwice, epochMs(1999))).toBe(first);
  expect(filterAt(changedTwice, epochMs(2000))).toBe(third);
});

it('never goes without a filter in silence', () => {
  expect(() => filterAt([], epochMs(0))).toThrow('at least one filter');
});
