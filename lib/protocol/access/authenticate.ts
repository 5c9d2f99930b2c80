import type { Access } from '../../core/access-key/access.ts';
import { findAccessKey } from '../../core/access-key/find-access-key.ts';
import type { Deps } from '../../core/deps.ts';

/** What a request says of its signature. One file per scheme reads it. */
export interface Signed {
  readonly keyId: string;
  /** By the caller's clock; undefined: it does not say, or nothing that is a time. */
  readonly signedAtMs: number | undefined;
  /** Of a scheme with a nonce: is the same only if the same request comes again. */
  readonly onceOnly?: string;
  /** Was it signed with that secret? Compares in constant time. */
  isSignedWith(secret: string): boolean | Promise<boolean>;
}

/** Who signed a request. */
export interface Sender {
  readonly keyId: string;
  readonly access: Access;
}

/** The clocks of caller and server may differ by so much, and an older request is not taken. */
const CLOCK_WINDOW_MS = 300_000;

/**
 * Was it sent, lately, by the holder of a key that may be used? Undefined if not, whatever is wrong: that is no
 * hint. An unknown id takes the same work as a wrong secret; a time that is off, which says nothing of keys, takes none.
 */
export async function authenticate(deps: Deps, signed: Signed): Promise<Sender | undefined> {
  const { keyId, signedAtMs, onceOnly } = signed;
  if (signedAtMs === undefined || Math.abs(deps.system.now() - signedAtMs) > CLOCK_WINDOW_MS) return undefined;
  const key = await findAccessKey(deps, keyId);
  const isGenuine = await signed.isSignedWith(key?.secret ?? 'of no key');
  if (!key || !isGenuine) return undefined;
  if (onceOnly !== undefined && isRepeated(deps, `${keyId} ${onceOnly}`)) return undefined;
  return { keyId, access: key.access };
}

/** Remembered by this process only, and so many at most. */
function isRepeated({ memory, system }: Deps, id: string): boolean {
  const seenAtMs = memory.signatures.get(id);
  const nowMs = system.now();
  memory.signatures.set(id, nowMs);
  // Early or late by the window each: so long it may come again.
  return seenAtMs !== undefined && nowMs - seenAtMs <= 2 * CLOCK_WINDOW_MS;
}
