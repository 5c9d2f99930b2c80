import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSigner } from '../../lib/platform/signer.ts';

const keyOf = (name: string) => new TextEncoder().encode(name);

describe('signer', () => {
  const signer = hmacSigner({ current: keyOf('new'), previous: keyOf('old') });

  it('accepts its own tags, which are 22 characters of base64url', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(signer.sign(text)).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(signer.verify(text, signer.sign(text))).toBe(true);
    }));
  });

  it('accepts tags of the previous key, and of no other', () => {
    expect(signer.verify('text', hmacSigner({ current: keyOf('old') }).sign('text'))).toBe(true);
    expect(signer.verify('text', hmacSigner({ current: keyOf('other') }).sign('text'))).toBe(false);
    expect(hmacSigner({ current: keyOf('new') }).verify('text', hmacSigner({ current: keyOf('old') }).sign('text'))).toBe(false);
  });

  it('accepts no tag of another text, and no other spelling of a tag', () => {
    const tag = signer.sign('text');
    expect(signer.verify('Text', tag)).toBe(false);
    for (const other of ['', tag.slice(1), `${tag}A`, `${tag}=`, ` ${tag}`, tag.replace(/.$/, (last) => (last === 'B' ? 'C' : 'B'))]) {
      expect(signer.verify('text', other)).toBe(false);
    }
  });

  it('digests by SHA-256', () => {
    expect(signer.digest('abc')).toBe(Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('base64url'));
  });

  it('signs by HMAC-SHA256 with the secret of another (RFC 4231, test cases 1 and 2)', () => {
    const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
    expect(signer.hmacSha256(new Uint8Array(20).fill(0x0b), keyOf('Hi There')))
      .toBe(base64('b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'));
    expect(signer.hmacSha256(keyOf('Jefe'), keyOf('what do ya want for nothing?')))
      .toBe(base64('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'));
  });
});
