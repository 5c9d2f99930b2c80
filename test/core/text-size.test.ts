import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64Bytes, isShorterInBase64, jsonBytes, utf8Bytes } from '../../lib/core/text-size.ts';

/** Any well-formed text, with its share of signs that JSON escapes. */
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0001', 'a', 'é', '😀') }));

it('measures text as UTF-8 does', () => {
  fc.assert(fc.property(anyText, (text) => {
    expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
  }));
});

it.each([['', 0], ['a', 1], ['\u007f', 1], ['\u0080', 2], ['\u07ff', 2], ['\u0800', 3], ['\uffff', 3], ['😀', 4]])(
  'measures %j as %i bytes', (text, bytes) => {
    expect(utf8Bytes(text)).toBe(bytes);
  });

it('never takes JSON text for shorter than it is', () => {
  fc.assert(fc.property(anyText, (text) => {
    expect(jsonBytes(text)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(text)) - 2);
  }));
});

it('measures base64 with its padding', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(base64Bytes(bytes.length)).toBe(Buffer.from(bytes).toString('base64').length);
  }));
});

it('prefers base64 for long text of control characters, not for plain text, and not for short', () => {
  expect(isShorterInBase64('\u0001'.repeat(16 * 1024))).toBe(true);
  expect(isShorterInBase64('\u0001'.repeat(16 * 1024 - 1))).toBe(false);
  expect(isShorterInBase64('plain text, and "one" quotation'.repeat(1000))).toBe(false);
});
