import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Signer } from '../core/ports/signer.ts';

/** Half of SHA-256's bits: as hard to guess as a key of 128 bits, in 22 characters. */
const TAG_BYTES = 16;

const SECRET_BYTES = 32;

export interface SigningKeys {
  readonly current: Uint8Array;
  /** Still accepted, so that handles outlive a change of the key. */
  readonly previous?: Uint8Array;
}

/** Its own tags are HMAC-SHA256, truncated to 128 bits, in base64url. */
export function hmacSigner({ current, previous }: SigningKeys): Signer {
  // As key objects: from raw bytes Node makes one anew for each tag, which takes four times as long as the tag.
  const currentKey = createSecretKey(current);
  const keys = previous ? [currentKey, createSecretKey(previous)] : [currentKey];
  return {
    sign: (text) => tagOf(currentKey, text).toString('base64url'),
    verify(text, tag) {
      const given = Buffer.from(tag, 'base64url');
      // The text too, since base64 ignores what it does not know: one tag has one spelling.
      if (given.byteLength !== TAG_BYTES || given.toString('base64url') !== tag) return false;
      return keys.some((key) => timingSafeEqual(tagOf(key, text), given));
    },
    newSecret: () => Uint8Array.from(randomBytes(SECRET_BYTES)),
    digest: (text) => createHash('sha256').update(text).digest('base64url'),
    hmacSha256: (secret, data) => createHmac('sha256', secret).update(data).digest('base64'),
  };
}

const tagOf = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest().subarray(0, TAG_BYTES);
