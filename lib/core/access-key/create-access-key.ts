import { type AccessKey, accessKeyOf } from '../access-key.ts';
import type { Deps } from '../deps.ts';
import { checkSize } from '../limits.ts';
import type { AccessKeyRecord } from '../ports/access-key-table.ts';
import type { EpochMs } from '../time.ts';
import { checkExpiry, removableFrom } from './expiry.ts';
import { checkScope, everything, type Scope } from './scope.ts';

export interface CreateAccessKeyRequest {
  /** Absent: none. */
  readonly description?: string;
  /** Absent: all. */
  readonly scope?: Partial<Scope>;
  /** Absent: it does not expire. */
  readonly expiresAtMs?: EpochMs;
  readonly requestedBy?: string;
}

/** The only time that the secret is told. */
export interface CreatedAccessKey {
  readonly accessKey: AccessKey;
  readonly secret: string;
}

/**
 * Issue a key.
 * @throws CallerError `parameterOutOfRange`, `malformedRequest`, `accessKeysAreOff`
 */
export async function createAccessKey(deps: Deps, { description = '', scope: wanted, expiresAtMs, requestedBy }: CreateAccessKeyRequest): Promise<CreatedAccessKey> {
  const scope = { ...everything, ...wanted };
  const nowMs = deps.system.now();
  checkSize('descriptionLength', 'description', description.length);
  checkScope(scope);
  if (expiresAtMs !== undefined) checkExpiry(expiresAtMs, nowMs);
  const [id, secret] = [ID_PREFIX + randomText(deps), randomText(deps)];
  const record: AccessKeyRecord = {
    id, description, scope, sealedSecret: await deps.secretBox.seal(id, secret), createdAtMs: nowMs, writeId: deps.system.newId(),
    ...(requestedBy === undefined ? {} : { createdBy: requestedBy }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs, removableAtMs: removableFrom(expiresAtMs) }),
  };
  const { kind } = await deps.accessKeys.putAccessKey(record);
  if (kind === 'refused') throw new Error(`the new access key ${id} is there already`);
  return { accessKey: accessKeyOf(record, nowMs), secret };
}

/** Clients of the CMQ dialect take no other beginning. */
const ID_PREFIX = 'AKID';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 190 bits in 32 letters and digits, which no client escapes. */
const randomText = (deps: Deps): string => Array.from(deps.signer.newSecret(), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
