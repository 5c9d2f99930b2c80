import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { handleReader, handlesOf, type ReceiptHandle } from '../../../lib/core/group/receipt-handle.ts';
import type { Signer } from '../../../lib/core/ports/signer.ts';
import { hmacSigner } from '../../../lib/platform/signer.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const signer = hmacSigner({ current: bytes('a key for tests') });

const formatHandle = (by: Signer, incarnation: string, { position, ...receive }: ReceiptHandle) => handlesOf(by, incarnation, receive)(position);
const parseHandle = (by: Signer, incarnation: string, text: string) => handleReader(by, incarnation)(text);

const id = fc.stringMatching(/^[0-9a-z]{1,14}$/);
const anyHandle: fc.Arbitrary<ReceiptHandle> = fc.record({
  chain: id, shard: id, first: fc.maxSafeNat(), leaseId: id, position: fc.nat(),
  around: fc.option(fc.record({ before: fc.nat(1000), after: fc.nat(1000) }), { nil: undefined }),
}).map(({ around, ...handle }) => (around
  ? { ...handle, range: { from: Math.max(0, handle.position - around.before), end: handle.position + 1 + around.after } }
  : handle));

it('reads back every handle it gives out', () => {
  fc.assert(fc.property(anyHandle, id, (handle, incarnation) => {
    expect(parseHandle(signer, incarnation, formatHandle(signer, incarnation, handle))).toEqual(handle);
  }));
});

it('refuses a handle in which any one character before the position was changed', () => {
  const sign = fc.constantFrom(...Array.from('0123456789abcdefXYZ:-_~ é'));
  fc.assert(fc.property(anyHandle, fc.nat(), sign, (handle, at, other) => {
    const text = formatHandle(signer, 'orders', handle);
    const place = at % text.lastIndexOf(':');
    fc.pre(text[place] !== other);
    const changed = text.slice(0, place) + other + text.slice(place + 1);
    expect(() => parseHandle(signer, 'orders', changed)).toThrow(CallerError);
  }));
});

it('refuses a handle that was cut, lengthened or made up', () => {
  fc.assert(fc.property(anyHandle, fc.nat(), fc.string({ minLength: 1 }), (handle, cut, more) => {
    const text = formatHandle(signer, 'orders', handle);
    expect(() => parseHandle(signer, 'orders', text.slice(0, cut % (text.lastIndexOf(':') + 1)))).toThrow(CallerError);
    fc.pre(!/^[0-9a-z]+$/.test(more));
    expect(() => parseHandle(signer, 'orders', text + more)).toThrow(CallerError);
    expect(() => parseHandle(signer, 'orders', more)).toThrow(CallerError);
  }));
});

it("refuses another queue's handle, and one that another key signed", () => {
  const handle: ReceiptHandle = { chain: 'c', shard: 's', first: 0, leaseId: 'x', position: 0 };
  const text = formatHandle(signer, 'orders', handle);
  expect(() => parseHandle(signer, 'others', text)).toThrow(CallerError);
  expect(() => parseHandle(hmacSigner({ current: bytes('another key') }), 'orders', text)).toThrow(CallerError);
});

it('still takes handles of the key before', () => {
  const handle: ReceiptHandle = { chain: 'c', shard: 's', first: 0, leaseId: 'x', position: 0 };
  const text = formatHandle(signer, 'orders', handle);
  const after = hmacSigner({ current: bytes('a newer key'), previous: bytes('a key for tests') });
  expect(parseHandle(after, 'orders', text)).toEqual(handle);
});

it('names only messages of the same receive, whatever is put for the position', () => {
  fc.assert(fc.property(anyHandle, fc.nat(3000), (handle, position) => {
    const text = formatHandle(signer, 'orders', handle);
    const read = () => parseHandle(signer, 'orders', `${text.slice(0, text.lastIndexOf(':'))}:${position.toString(36)}`);
    const isOutside = handle.range && (position < handle.range.from || position >= handle.range.end);
    if (isOutside) expect(read).toThrow(CallerError);
    else expect(read()).toEqual({ ...handle, position });
  }));
});
