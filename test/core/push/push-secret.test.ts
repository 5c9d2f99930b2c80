import { describe, expect, it } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { checkSecret, formatSecret, secretBytes } from '../../../lib/core/push/push-secret.ts';

const secretOf = (length: number): string => formatSecret(new Uint8Array(length).fill(0xa5));

function refusalOf(secret: string): CallerError | undefined {
  try {
    checkSecret(secret, 'delivery.secret');
  } catch (error) {
    if (error instanceof CallerError) return error;
    throw error;
  }
  return undefined;
}

describe('secrets of pushes', () => {
  it('have 24 to 64 bytes', () => {
    expect([23, 24, 64, 65].map((length) => refusalOf(secretOf(length))?.kind)).toEqual(['malformedRequest', undefined, undefined, 'malformedRequest']);
  });

  it('come back as bytes', () => {
    expect(secretBytes(secretOf(24))).toEqual(new Uint8Array(24).fill(0xa5));
    expect(secretBytes('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toHaveLength(24);
  });

  it.each([
    '', 'whsec_', 'correct horse battery staple', secretOf(24).slice('whsec_'.length), secretOf(24).toUpperCase(), ` ${secretOf(24)}`, `${secretOf(24)}\n`,
    secretOf(25).replace(/=+$/, ''), secretOf(24).replace('p', '-'),
  ])('are refused in another form, without repeating them: %j', (secret) => {
    const refusal = refusalOf(secret);
    expect(refusal).toMatchObject({ kind: 'malformedRequest', details: { field: 'delivery.secret' } });
    expect(refusal?.message).toMatch(/^delivery\.secret must be whsec_ /);
    if (secret.length > 10) expect(JSON.stringify([refusal?.message, refusal?.details])).not.toContain(secret.slice(6));
    expect(() => secretBytes(secret)).toThrow('a stored secret is damaged');
  });
});
