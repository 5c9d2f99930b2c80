import { expect, it } from 'vitest';
import { z } from 'zod';
import type { SubscriptionFilter } from '../../../../lib/core/subscription-filter.ts';
import { bindingKey, routingKey } from '../../../../lib/protocol/native/shapes/routing-key.ts';
import { renderSubscriptionFilter, subscriptionFilter, subscriptionFilterAnswer } from '../../../../lib/protocol/native/shapes/subscription-filter.ts';
import { validate } from '../../../../lib/protocol/native/validate.ts';

const body = z.strictObject({ filter: subscriptionFilter.exactOptional(), routingKey: routingKey.exactOptional() });
const read = (filter: unknown): unknown => validate(body, { filter }, 'the body').filter;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`);

it.each<SubscriptionFilter>([
  {},
  { tags: ['a', 'b'] },
  { bindingKeys: ['a.*', '#'] },
  { attributes: {} },
  { attributes: { a: 'x', b: { prefix: 'y' }, c: { min: 0 }, d: { max: 1.5 }, e: { max: 1, min: 0 }, f: { exists: true }, g: { exists: false } } },
  { tags: ['a'], bindingKeys: ['b'], attributes: { a: { anyOf: ['x', { prefix: 'y' }, { min: -1 }, { exists: false }] }, constructor: 'x' } },
])('reads %j, and shows it again', (filter) => {
  expect(read(filter)).toEqual(filter);
  expect(subscriptionFilterAnswer.parse(renderSubscriptionFilter(filter))).toEqual(filter);
});

const forms = 'must be a text, {prefix}, {min, max}, {exists} or {anyOf}';

it.each([
  ['a', 'filter must be an object, got a string'],
  [null, 'filter must be an object, got null'],
  [{ tag: ['a'] }, 'the body has no field filter.tag: it may have tags, bindingKeys, attributes'],
  [{ tags: 'a' }, 'filter.tags must be an array, got a string'],
  [{ tags: [1] }, 'filter.tags[0] must be a string, got a number'],
  [{ tags: ['a\ud83c'] }, 'filter.tags[0] must be well-formed Unicode: it has half of a surrogate pair'],
  [{ bindingKeys: ['a', 'b..c'] }, 'filter.bindingKeys[1] must be words separated by dots, none of them empty, with "*" and "#" only as words of their own'],
  [{ bindingKeys: ['a*'] }, 'filter.bindingKeys[0] must be words separated by dots, none of them empty, with "*" and "#" only as words of their own'],
  [{ attributes: ['a'] }, 'filter.attributes must be an object'],
  [{ attributes: null }, 'filter.attributes must be an object'],
  [{ attributes: { a: 5 } }, `filter.attributes.a ${forms}`],
  [{ attributes: { a: null } }, `filter.attributes.a ${forms}`],
  [{ attributes: { a: ['x'] } }, `filter.attributes.a ${forms}`],
  [{ attributes: { a: {} } }, `filter.attributes.a ${forms}`],
  [{ attributes: { a: { equals: 'x' } } }, `filter.attributes.a ${forms}`],
  [{ attributes: { a: { prefix: 'x', min: 1 } } }, `filter.attributes.a ${forms}`],
  [{ attributes: { a: { anyOf: ['x'], exists: true } } }, `filter.attributes.a ${forms}`],
  [{ attributes: { a: { prefix: 1 } } }, 'filter.attributes.a.prefix must be a text'],
  [{ attributes: { a: { exists: 'yes' } } }, 'filter.attributes.a.exists must be true or false'],
  [{ attributes: { a: { min: '1' } } }, 'filter.attributes.a.min must be a number'],
  [{ attributes: { a: { min: 0, max: null } } }, 'filter.attributes.a.max must be a number'],
  [{ attributes: { a: { min: 2, max: 1 } } }, 'filter.attributes.a must have a min that is at most its max, got 2 and 1'],
  [{ attributes: { a: { anyOf: 'x' } } }, 'filter.attributes.a.anyOf must be an array'],
  [{ attributes: { a: { anyOf: ['x', { anyOf: ['y'] }] } } }, 'filter.attributes.a.anyOf[1] must be a text, {prefix}, {min, max} or {exists}'],
  [{ attributes: { a: { anyOf: [{ max: true }] } } }, 'filter.attributes.a.anyOf[0].max must be a number'],
  [{ attributes: { a: 'a\ud83c' } }, 'filter.attributes.a must be well-formed Unicode: it has half of a surrogate pair'],
  [JSON.parse('{"attributes": {"__proto__": "x"}}'), 'filter.attributes.__proto__ is not a name an attribute can have'],
])('refuses %j as malformed', (filter, message) => {
  expect(() => read(filter)).toThrow(expect.objectContaining({ kind: 'malformedRequest', message }));
});

it.each([
  [{ tags: [] }, 'filter.tags must have 1 to 100 tags, has 0'],
  [{ tags: numbered(101) }, 'filter.tags must have 1 to 100 tags, has 101'],
  [{ tags: ['x'.repeat(65)] }, 'filter.tags[0] must have 1 to 64 characters, has 65'],
  [{ bindingKeys: numbered(101) }, 'filter.bindingKeys must have 1 to 100 keys, has 101'],
  [{ bindingKeys: [''] }, 'filter.bindingKeys[0] must have 1 to 255 characters, has 0'],
  [{ bindingKeys: ['x'.repeat(256)] }, 'filter.bindingKeys[0] must have 1 to 255 characters, has 256'],
  [{ bindingKeys: [Array(17).fill('a').join('.')] }, 'filter.bindingKeys[0] must have 1 to 16 words, has 17'],
  [{ attributes: Object.fromEntries(numbered(21).map((name) => [name, 'x'])) }, 'filter.attributes must have 0 to 20 attributes, has 21'],
  [{ attributes: { ['x'.repeat(129)]: 'x' } }, 'filter.attributes must have names of 1 to 128 characters, has 129'],
  [{ attributes: { a: 'x'.repeat(4097) } }, 'filter.attributes.a must have 0 to 4096 characters, has 4097'],
  [{ attributes: { a: { anyOf: [] } } }, 'filter.attributes.a.anyOf must have 1 to 100 alternatives, has 0'],
  [{ attributes: { a: { anyOf: ['x', { prefix: 'x'.repeat(4097) }] } } }, 'filter.attributes.a.anyOf[1].prefix must have 0 to 4096 characters, has 4097'],
  [{ attributes: Object.fromEntries(numbered(5).map((name) => [name, 'x'.repeat(4096)])) }, 'filter must have 2 to 16384 bytes, has 20536'],
])('refuses %j as out of range', (filter, message) => {
  expect(() => read(filter)).toThrow(expect.objectContaining({ kind: 'parameterOutOfRange', message }));
});

it.each(['', 'a', 'orders.eu.paid', 'заказ.C#'])('reads the routing key %j', (key) => {
  expect(validate(body, { routingKey: key }, 'the body')).toEqual({ routingKey: key });
});

it.each([
  ['a..b', 'routingKey must be words separated by dots, none of them empty, "*" or "#"'],
  ['a.*', 'routingKey must be words separated by dots, none of them empty, "*" or "#"'],
  ['x'.repeat(256), 'routingKey must have 0 to 255 characters, has 256'],
  [Array(17).fill('a').join('.'), 'routingKey must have 0 to 16 words, has 17'],
])('refuses the routing key %s', (key, message) => {
  expect(() => validate(body, { routingKey: key }, 'the body')).toThrow(message);
});

it('shows its bounds in OpenAPI', () => {
  const schema = JSON.stringify(z.toJSONSchema(subscriptionFilter, { io: 'input', unrepresentable: 'any', reused: 'inline' }));
  for (const bounds of ['"minItems":1,"maxItems":100', '"minLength":1,"maxLength":64', '"minLength":1,"maxLength":255', '"maxProperties":20', '"maxLength":4096', 'At most 16384 bytes']) {
    expect(schema).toContain(bounds);
  }
  expect(JSON.stringify(z.toJSONSchema(bindingKey, { io: 'input' }))).toContain('At most 16 words');
});
