import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mayExceed, messageBytes } from '../../lib/core/message.ts';

it('counts body, names and values of attributes, and tags', () => {
  expect(messageBytes({ body: { kind: 'text', text: 'äb' }, attributes: { from: 'web', é: '' }, tags: ['x', 'yz'] })).toBe(3 + 7 + 2 + 3);
  expect(messageBytes({ body: { kind: 'binary', bytes: new Uint8Array(5) }, attributes: {}, tags: [] })).toBe(5);
});

it('never takes a message that exceeds a size for one that cannot', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string());
  fc.assert(fc.property(text, fc.dictionary(text, text), fc.array(text), fc.nat(200), (body, attributes, tags, max) => {
    const message = { body: { kind: 'text', text: body } as const, attributes, tags };
    if (messageBytes(message) > max) expect(mayExceed(message, max)).toBe(true);
  }));
});
