import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../lib/core/base64.ts';

const anyBytes = fc.uint8Array({ maxLength: 10_000, size: 'max' });

it('writes what everybody writes, and reads it back', () => {
  fc.assert(fc.property(anyBytes, (bytes) => {
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  }));
});

it.each(['A', 'AA', 'AAA', 'AA=', 'AB==', 'AAB=', 'AA==AA==', '====', 'A===', 'AA A', 'AAA\n', 'AA-_', 'AAAé'])('takes nothing that it does not write: %j', (text) => {
  expect(fromBase64(text)).toBeUndefined();
});
