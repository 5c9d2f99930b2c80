import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretBox } from '../core/ports/secret-box.ts';

export const KEY_BYTES = 32;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** By AES-256-GCM with one key of 32 bytes: nonce, what it encrypts to, tag. */
export const keyBox = (key: Uint8Array): SecretBox => ({
  async seal(id, secret) {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id));
    return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  },
  async open(id, sealed) {
    const bytes = Buffer.from(sealed);
    const tagFrom = bytes.byteLength - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(tagFrom));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, tagFrom)), decipher.final()]).toString('utf8');
  },
});
