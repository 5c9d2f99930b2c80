import { expect, it } from 'vitest';
import { CallerError } from '../../lib/core/errors.ts';
import { checkLimit, type LimitName, limits, namePattern, queueDefaults } from '../../lib/core/limits.ts';

const names = Object.keys(limits).filter((name): name is LimitName => name in limits);

it.each(names)('%s: takes both ends, refuses what lies beyond them', (name) => {
  const { min, max } = limits[name];
  expect(() => checkLimit(name, 'field', min)).not.toThrow();
  expect(() => checkLimit(name, 'field', max)).not.toThrow();
  expect(() => checkLimit(name, 'field', min - 1)).toThrow(CallerError);
  expect(() => checkLimit(name, 'field', max + 1)).toThrow(CallerError);
});

it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d, which is no whole number', (value) => {
  expect(() => checkLimit('waitSeconds', 'waitSeconds', value)).toThrow(CallerError);
});

it('names the field, the limit and the value', () => {
  expect(() => checkLimit('waitSeconds', 'receiveWaitSeconds', 21))
    .toThrow('receiveWaitSeconds must be a whole number from 0 to 20 seconds, got 21');
});

it('gives defaults that its own limits allow', () => {
  for (const name of ['visibilityTimeoutSeconds', 'retentionSeconds', 'delaySeconds', 'maxMessageBytes', 'inlineSegmentBytes'] as const) {
    expect(() => checkLimit(name, name, queueDefaults[name])).not.toThrow();
  }
});

it.each([['a', true], ['A-b_9', true], ['a'.repeat(80), true], ['a'.repeat(81), false], ['', false], ['9a', false], ['-a', false], ['a.b', false], ['a b', false], ['ä', false]])(
  'name %j: %s', (name, isName) => {
    expect(namePattern.test(name)).toBe(isName);
  });
