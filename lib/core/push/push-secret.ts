import { fromBase64, toBase64 } from '../base64.ts';
import { CallerError } from '../errors.ts';

const PREFIX = 'whsec_';

/** What the convention asks for, in bytes: as hard to guess as the signature, and no longer than a block of the hash. */
const SECRET_BYTES = { min: 24, max: 64 } as const;

/** `whsec_` and base64, the form that libraries for receivers of webhooks take. Of 24 to 64 random bytes. */
export const formatSecret = (bytes: Uint8Array): string => PREFIX + toBase64(bytes);

/** @throws CallerError `malformedRequest`, naming the field and never the value */
export function checkSecret(secret: string, field: string): void {
  if (bytesIn(secret)) return;
  const { min, max } = SECRET_BYTES;
  throw new CallerError('malformedRequest', `${field} must be ${PREFIX} and the base64 (RFC 4648, padded) of ${min} to ${max} bytes`, { field });
}

/** The key in a secret that was checked. */
export function secretBytes(secret: string): Uint8Array {
  const bytes = bytesIn(secret);
  // Not an assertion with the value in it: that would be logged.
  if (!bytes) throw new Error('a stored secret is damaged');
  return bytes;
}

function bytesIn(secret: string): Uint8Array | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const bytes = fromBase64(secret.slice(PREFIX.length));
  return bytes && bytes.byteLength >= SECRET_BYTES.min && bytes.byteLength <= SECRET_BYTES.max ? bytes : undefined;
}
