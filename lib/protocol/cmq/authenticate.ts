import type { Deps } from '../../core/deps.ts';
import { CmqRefusal } from './refusals.ts';
import { isSigned, type SignedRequest } from './signature.ts';

/** Whose requests they are, and what they are about. */
export interface Claim {
  /** As the native API names it. */
  readonly operation: string;
  /** Of the queue or the topic; empty where it is about none. */
  readonly name: string;
}

/** The clocks of caller and server may differ by so much, and an older request is not taken again. */
const WINDOW_SECONDS = 300;

/**
 * Was it sent, lately and only once, by a holder of a key that may do that? Whatever is wrong, the refusal is
 * the same: it is no hint.
 * @throws CmqRefusal `missing`, `secretIdForm`, `authenticationFailed`
 */
export async function authenticate(deps: Deps, request: SignedRequest, { operation, name }: Claim): Promise<void> {
  const { accessKeys } = deps;
  if (!accessKeys) return;
  const { form } = request;
  const [secretId, signature] = [required(form.get('SecretId'), 'SecretId'), required(form.get('Signature'), 'Signature')];
  if (!secretId.startsWith('AKID')) throw new CmqRefusal('secretIdForm');
  const key = await accessKeys.find(secretId);
  const isGenuine = isSigned(request, key?.secret ?? '') && key !== undefined;
  if (!isGenuine || !isRecent(deps, form.get('Timestamp')) || !key.allows(operation, name) || isRepeated(deps, secretId, signature)) {
    throw new CmqRefusal('authenticationFailed');
  }
}

function required(value: string | undefined, name: string): string {
  if (!value) throw new CmqRefusal('missing', name);
  return value;
}

const isRecent = (deps: Deps, timestamp: string | undefined): boolean =>
  /^\d{1,12}$/.test(timestamp ?? '') && Math.abs(deps.system.now() / 1000 - Number(timestamp)) <= WINDOW_SECONDS;

/**
 * A signature covers time and nonce: the same one is the same request. Remembered by this process only, and so
 * many at most; the nonces alone, of which some clients have ten thousand, would refuse requests that differ.
 */
function isRepeated(deps: Deps, secretId: string, signature: string): boolean {
  // Decoded: base64 can be spelled in many ways.
  const id = `${secretId} ${Buffer.from(signature, 'base64').toString('base64')}`;
  const seenAtMs = deps.memory.signatures.get(id);
  const nowMs = deps.system.now();
  deps.memory.signatures.set(id, nowMs);
  // Early or late by the window each: so long it may come again.
  return seenAtMs !== undefined && nowMs - seenAtMs <= 2 * WINDOW_SECONDS * 1000;
}
