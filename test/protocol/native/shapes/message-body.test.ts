import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Body } from '../../../../lib/core/message.ts';
import { parseBody, renderBody } from '../../../../lib/protocol/native/shapes/message-body.ts';

const through = (body: Body): unknown => parseBody(renderBody(body));

it('gives every text back', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    expect(through({ kind: 'text', text })).toEqual({ kind: 'text', text });
  }));
});

it('gives all bytes back', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    expect(through({ kind: 'binary', bytes })).toEqual({ kind: 'binary', bytes: Buffer.from(bytes) });
  }));
});

it('refuses half a surrogate pair, and takes a whole one', () => {
  expect(parseBody({ body: 'a\ud83c', encoding: 'text' })).toMatch(/Unicode/);
  expect(parseBody({ body: '\udf88a', encoding: 'text' })).toMatch(/Unicode/);
  expect(parseBody({ body: '\ud83c\udf88', encoding: 'text' })).toEqual({ kind: 'text', text: '🎈' });
});
