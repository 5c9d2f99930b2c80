import { expect, it } from 'vitest';
import { type AttributeMatch, attributeMatcher, rangeProblem } from '../../lib/core/attribute-match.ts';

it.each<[AttributeMatch, string | undefined, boolean]>([
  ['paid', 'paid', true],
  ['paid', 'Paid', false],
  ['paid', 'paid ', false],
  ['', '', true],
  ['', undefined, false],
  [{ prefix: 'eu-' }, 'eu-west', true],
  [{ prefix: 'eu-' }, 'eu-', true],
  [{ prefix: 'eu-' }, 'eu', false],
  [{ prefix: 'eu-' }, 'an eu-', false],
  [{ prefix: '' }, '', true],
  [{ prefix: '' }, undefined, false],
  [{ min: 1.5 }, '1.5', true],
  [{ min: 1.5 }, '1.49', false],
  [{ min: 1.5 }, '1e300', false],
  [{ max: 10 }, '10', true],
  [{ max: 10 }, '10.000', true],
  [{ max: 10 }, '10.001', false],
  [{ max: 10 }, '9', true],
  [{ max: 10 }, '-100', true],
  [{ max: 10 }, undefined, false],
  [{ min: -1, max: 1 }, '-1', true],
  [{ min: -1, max: 1 }, '-1.0001', false],
  [{ min: -1, max: 1 }, '0', true],
  [{ min: -1, max: 1 }, '1', true],
  [{ min: -1, max: 1 }, '1.0001', false],
  [{ min: 0, max: 0 }, '-0', true],
  [{ min: 7, max: 7 }, '007', true],
  [{ min: 0 }, '9'.repeat(400), true],
  [{ min: 0, max: 10 }, '', false],
  [{ min: 0, max: 10 }, ' 5', false],
  [{ min: 0, max: 10 }, '5\n', false],
  [{ min: 0, max: 10 }, '+5', false],
  [{ min: 0, max: 10 }, '5.', false],
  [{ min: 0, max: 10 }, '.5', false],
  [{ min: 0, max: 10 }, '0x5', false],
  [{ min: 0, max: 10 }, '5e0', false],
  [{ min: 0, max: 10 }, '٥', false],
  [{ min: 0, max: 10 }, 'NaN', false],
  [{ exists: true }, '', true],
  [{ exists: true }, undefined, false],
  [{ exists: false }, undefined, true],
  [{ exists: false }, '', false],
  [{ anyOf: ['a', { prefix: 'b' }, { min: 1 }] }, 'a', true],
  [{ anyOf: ['a', { prefix: 'b' }, { min: 1 }] }, 'bc', true],
  [{ anyOf: ['a', { prefix: 'b' }, { min: 1 }] }, '1', true],
  [{ anyOf: ['a', { prefix: 'b' }, { min: 1 }] }, '0', false],
  [{ anyOf: ['a', { prefix: 'b' }, { min: 1 }] }, undefined, false],
  [{ anyOf: ['a', { exists: false }] }, undefined, true],
  [{ anyOf: [] }, 'a', false],
])('%j lets %j through: %s', (match, value, passes) => {
  expect(attributeMatcher(match)(value)).toBe(passes);
});

it.each([{ min: 0 }, { max: 0 }, { min: 1, max: 1 }, { min: -1.5, max: 2 }])('takes the range %j', (range) => {
  expect(rangeProblem(range)).toBeUndefined();
});

it.each([
  [{}, /at least one/],
  [{ min: 2, max: 1 }, /at most its max, got 2 and 1/],
  [{ min: Number.NaN }, /numbers/],
  [{ max: Infinity }, /numbers/],
])('refuses the range %j', (range, problem) => {
  expect(rangeProblem(range)).toMatch(problem);
});
