import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { epochMs } from '../../../../lib/core/time.ts';
import { parseInstant, renderInstant } from '../../../../lib/protocol/native/shapes/instant.ts';

it.each([
  ['2027-01-31T12:00:00Z', '2027-01-31T12:00:00.000Z'],
  ['2027-01-31t12:00:00z', '2027-01-31T12:00:00.000Z'],
  ['2027-01-31 12:00:00', '2027-01-31T12:00:00.000Z'],
  ['2027-01-31T12:00:00.5Z', '2027-01-31T12:00:00.500Z'],
  ['2027-01-31T12:00:00.0570Z', '2027-01-31T12:00:00.057Z'],
  ['2027-01-31T12:00:00.0000001Z', '2027-01-31T12:00:00.001Z'],
  ['2027-01-31T23:59:59.9999+00:00', '2027-02-01T00:00:00.000Z'],
  ['2027-01-31T12:00:00+05:30', '2027-01-31T06:30:00.000Z'],
  ['2027-01-31T12:00:00-23:59', '2027-02-01T11:59:00.000Z'],
  ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
])('reads %s as %s', (text, same) => {
  const instant = parseInstant(text);
  expect(instant === undefined ? undefined : renderInstant(instant)).toBe(same);
});

it.each([
  '', 'now', '2027-02-29T00:00:00Z', '2027-04-31T00:00:00Z', '2027-13-01T00:00:00Z', '2027-00-01T00:00:00Z', '2027-01-00T00:00:00Z',
  '2027-01-31T24:00:00Z', '2027-01-31T12:60:00Z', '2027-01-31T12:00:60Z', '2027-01-31', '2027-01-31T12:00Z', '2027-01-31T12:00:00.Z',
  '2027-01-31T12:00:00+24:00', '2027-01-31T12:00:00+01:60', '2027-01-31T12:00:00+0100', ' 2027-01-31T12:00:00Z', '+012027-01-31T12:00:00Z',
  '2027-01-31T12:00:00Z\n', '1800000000',
])('refuses %j', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

it('reads back every time it writes', () => {
  const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  fc.assert(fc.property(fc.integer({ min: 0, max: lastMs }), (ms) => {
    expect(parseInstant(renderInstant(epochMs(ms)))).toBe(ms);
  }));
});
