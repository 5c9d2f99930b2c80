import type { Access } from '../../core/access-key/access.ts';
import { findAccessKey } from '../../core/access-key/find-access-key.ts';
import type { Operation } from '../../core/access-key/operations.ts';
import type { Deps } from '../../core/deps.ts';

/** What a request says of its signature. One file per scheme reads it. */
export interface Signed {
  readonly keyId: string;
  /** By the caller's clock; undefined: it does not say, or nothing that is a time. */
  readonly signedAtMs: number | undefined;
  /** Of a scheme with a nonce: what is taken once. */
  readonly onceOnly?: OnceOnly;
  /** Was it signed with that secret? Compares in constant time. */
  isSignedWith(secret: string): boolean | Promise<boolean>;
}

export interface OnceOnly {
  /** Is the same if the same request comes again … */
  readonly id: string;
  /** … and, so soon after it, also of another one that says the same: nonces are drawn from few. */
  readonly mayCoincideForMs: number;
}

/** What a request is about. */
export interface Claim {
  readonly operation: Operation;
  /** Of the queue or the topic; empty where it is about none. */
  readonly name: string;
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
  if (onceOnly && isRepeated(deps, { ...onceOnly, id: `${keyId} ${onceOnly.id}` })) return undefined;
  return { keyId, access: key.access };
}

/** Remembered by this process only, and so many at most. */
function isRepeated({ memory, system }: Deps, { id, mayCoincideForMs }: OnceOnly): boolean {
  const nowMs = system.now();
  const ageMs = nowMs - (memory.signatures.get(id) ?? Number.NEGATIVE_INFINITY);
  // Early or late by the window each: so long it may come again.
  if (ageMs > 2 * CLOCK_WINDOW_MS) memory.signatures.set(id, nowMs);
  return ageMs <= 2 * CLOCK_WINDOW_MS && ageMs >= mayCoincideForMs;
}
