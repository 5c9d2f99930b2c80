import { expect, it } from 'vitest';
import { messageBytes } from '../../lib/core/message.ts';

it('counts body, names and values of attributes, and tags', () => {
  expect(messageBytes({ body: { kind: 'text', text: 'äb' }, attributes: { from: 'web', é: '' }, tags: ['x', 'yz'] })).toBe(3 + 7 + 2 + 3);
  expect(messageBytes({ body: { kind: 'binary', bytes: new Uint8Array(5) }, attributes: {}, tags: [] })).toBe(5);
});
