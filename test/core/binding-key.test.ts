import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bindingKeyMatcher, checkBindingKey, checkRoutingKey } from '../../lib/core/binding-key.ts';
import { limits } from '../../lib/core/limits.ts';

const matches = (bindingKey: string, routingKey: string): boolean => bindingKeyMatcher([bindingKey])(routingKey);

it.each([
  // Words alone
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'A', false],
  ['a', 'a.b', false],
  ['a', '', false],
  ['a.b', 'a.b', true],
  ['a.b', 'a', false],
  ['a.b', 'b.a', false],
  ['a.b', 'a.b.c', false],
  ['orders.eu.paid', 'orders.eu.paid', true],
  ['orders.eu.paid', 'orders.us.paid', false],
  // One word
  ['*', 'a', true],
  ['*', '', false],
  ['*', 'a.b', false],
  ['*.*', 'a.b', true],
  ['*.*', 'a', false],
  ['*.*', 'a.b.c', false],
  ['a.*', 'a.b', true],
  ['a.*', 'a', false],
  ['a.*', 'b.b', false],
  ['*.b', 'a.b', true],
  ['*.b', 'b', false],
  ['a.*.c', 'a.b.c', true],
  ['a.*.c', 'a.c', false],
  ['a.*.c', 'a.b.b.c', false],
  // Any number of words
  ['#', '', true],
  ['#', 'a', true],
  ['#', 'a.b.c.d', true],
  ['#.#', '', true],
  ['#.#', 'a', true],
  ['#.#.#', 'a.b', true],
  ['#.a', 'a', true],
  ['#.a', 'b.a', true],
  ['#.a', 'a.a.a', true],
  ['#.a', 'a.b', false],
  ['#.a', '', false],
  ['a.#', 'a', true],
  ['a.#', 'a.b.c', true],
  ['a.#', 'b.a', false],
  ['a.#', 'ab', false],
  ['a.#.c', 'a.c', true],
  ['a.#.c', 'a.b.c', true],
  ['a.#.c', 'a.b.c.c', true],
  ['a.#.c', 'a.c.b', false],
  ['a.#.a', 'a', false],
  ['#.a.#', 'a', true],
  ['#.a.#', 'b.a.c', true],
  ['#.a.#', 'a.a', true],
  ['#.a.#', 'b.c', false],
  ['#.a.#', '', false],
  ['#.a.#.b.#', 'x.a.y.b.z', true],
  ['#.a.#.b.#', 'x.b.y.a.z', false],
  ['#.a.b', 'a.a.b', true],
  ['#.a.b', 'a.b.a', false],
  // Both
  ['#.*', '', false],
  ['#.*', 'a', true],
  ['*.#', 'a.b.c', true],
  ['*.#', '', false],
  ['*.#.*', 'a', false],
  ['*.#.*', 'a.b', true],
  ['#.*.c', 'c', false],
  ['#.*.c', 'a.b.c', true],
  ['a.*.#.d', 'a.b.d', true],
  ['a.*.#.d', 'a.d', false],
  // As CMQ's manual has them
  ['1.*.0', '1.any.0', true],
  ['1.#.0', '1.2.3.4.4.2.2.0', true],
  // Any text is a word
  ['заказ.*', 'заказ.оплачен', true],
  ['*.支付', '订单.支付', true],
  ['*.🎈', '🎈🎈.🎈', true],
  ['é', 'e\u0301', false],
  ['a b.#', 'a b', true],
  ['a.*', 'a.b+c', true],
  ['constructor.__proto__', 'constructor.__proto__', true],
])('%s means %j: %s', (bindingKey, routingKey, isMeant) => {
  expect(matches(bindingKey, routingKey)).toBe(isMeant);
});

it('takes what any of several keys means', () => {
  const isBound = bindingKeyMatcher(['a', 'b.*', 'c.#']);
  expect(['a', 'b.x', 'c', 'c.x.y'].map(isBound)).toEqual([true, true, true, true]);
  expect(['', 'b', 'd', 'a.c'].map(isBound)).toEqual([false, false, false, false]);
});

it('means nothing without a key', () => {
  expect(bindingKeyMatcher([])('')).toBe(false);
});

/** The definition, word by word: as slow as it likes. */
function means([first, ...rest]: readonly string[], words: readonly string[]): boolean {
  if (first === undefined) return words.length === 0;
  if (first === '#') return means(rest, words) || (words.length > 0 && means([first, ...rest], words.slice(1)));
  return words.length > 0 && (first === '*' || first === words[0]) && means(rest, words.slice(1));
}

it('agrees with the definition', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '#'), { minLength: 1, maxLength: 8 });
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
  fc.assert(fc.property(pattern, words, (keyWords, routed) => {
    expect(matches(keyWords.join('.'), routed.join('.'))).toBe(means(keyWords, routed));
  }), { numRuns: 3000 });
});

it('is quick with any number of "#": trying every way to share out these words would never end', () => {
  const routingKey = Array(2000).fill('a').join('.');
  expect(matches(`${'#.a.'.repeat(200)}b`, routingKey)).toBe(false);
  expect(matches(`${'#.a.*.'.repeat(200)}#`, routingKey)).toBe(true);
});

it.each(['a', 'a.b', '*', '#', 'a.*.#', '#.#', 'a b', 'заказ.*', 'x'.repeat(limits.bindingKeyLength.max), Array(limits.bindingKeyWords.max).fill('*').join('.')])(
  'takes the binding key %s', (key) => {
    expect(() => checkBindingKey(key)).not.toThrow();
  });

it.each(['.', '.a', 'a.', 'a..b', 'a*', '*a', '**', '#b', 'b#', '##', 'a.b*.c', '*#', 'a.#.'])('refuses the binding key %s', (key) => {
  expect(() => checkBindingKey(key, 'filter.bindingKeys[2]')).toThrow(expect.objectContaining({
    kind: 'malformedRequest',
    message: `filter.bindingKeys[2] must be words separated by dots, none of them empty, with "*" and "#" only as words of their own, got ${JSON.stringify(key)}`,
    details: { field: 'filter.bindingKeys[2]', value: key },
  }));
});

it.each([
  [checkBindingKey, '', 'key must have 1 to 255 characters, has 0'],
  [checkBindingKey, 'x'.repeat(256), 'key must have 1 to 255 characters, has 256'],
  [checkBindingKey, Array(17).fill('#').join('.'), 'key must have 1 to 16 words, has 17'],
  [checkRoutingKey, 'x'.repeat(256), 'key must have 0 to 255 characters, has 256'],
  [checkRoutingKey, Array(17).fill('x').join('.'), 'key must have 0 to 16 words, has 17'],
] as const)('refuses what is out of bounds with %o: %s', (check, key, message) => {
  expect(() => check(key, 'key')).toThrow(expect.objectContaining({ kind: 'parameterOutOfRange', message }));
});

it.each(['', 'a', 'a.b', 'C#.a*', '**', 'x'.repeat(limits.routingKeyLength.max), Array(limits.routingKeyWords.max).fill('x').join('.')])(
  'takes the routing key %j', (key) => {
    expect(() => checkRoutingKey(key)).not.toThrow();
  });

it.each(['.', '.a', 'a.', 'a..b', '*', '#', 'a.*', '#.a'])('refuses the routing key %s', (key) => {
  expect(() => checkRoutingKey(key)).toThrow(expect.objectContaining({
    kind: 'malformedRequest', message: `routingKey must be words separated by dots, none of them empty, "*" or "#", got ${JSON.stringify(key)}`,
  }));
});
