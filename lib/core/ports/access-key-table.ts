import type { Scope } from '../access-key/scope.ts';
import type { EpochMs } from '../time.ts';
import type { Put, Replacement } from './conditional.ts';

/** What is kept of a key that was given to somebody. */
export interface AccessKeyRecord {
  /** As it stands in requests; begins with `AKID`. */
  readonly id: string;
  /** Whom or what it is for, in its issuer's words; may be empty. */
  readonly description: string;
  readonly scope: Scope;
  /** Only `SecretBox` can read it. */
  readonly sealedSecret: Uint8Array;
  readonly createdAtMs: EpochMs;
  /** Who issued it, as far as that was known. */
  readonly createdBy?: string;
  /** From then on it opens nothing. Absent: it does not expire. */
  readonly expiresAtMs?: EpochMs;
  readonly revokedAtMs?: EpochMs;
  /** Of the write that put it there, so that a writer knows its own. */
  readonly writeId: string;
  /** Absent: it stays until it is revoked. */
  readonly removableAtMs?: EpochMs;
}

/** Keys that were given to callers. One method is one request. */
export interface AccessKeyTable {
  putAccessKey(record: AccessKeyRecord): Promise<Put<AccessKeyRecord>>;
  /** Lands only on the record that `seenWriteId` wrote. */
  replaceAccessKey(record: AccessKeyRecord, seenWriteId: string): Promise<Replacement<AccessKeyRecord>>;
  /** Strong: what was revoked before is seen. */
  readAccessKey(id: string): Promise<AccessKeyRecord | undefined>;
  /** By id, ascending, behind `after`. Strong. */
  listAccessKeys(page: { readonly limit: number; readonly after?: string }): Promise<readonly AccessKeyRecord[]>;
}
