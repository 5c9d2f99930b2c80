import { type AccessKey, accessKeyOf } from '../access-key.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { checkSize } from '../limits.ts';
import type { AccessKeyRecord } from '../ports/access-key-table.ts';
import type { EpochMs } from '../time.ts';
import { bounds } from '../timing.ts';
import { checkExpiry, removableFrom } from './expiry.ts';
import { forgetAccessKey } from './find-access-key.ts';
import { checkScope, type Scope } from './scope.ts';

/** Absent: stays. */
export interface AccessKeyChanges {
  readonly description?: string;
  readonly scope?: Partial<Scope>;
  /** `null`: it does not expire any more. */
  readonly expiresAtMs?: EpochMs | null;
}

/**
 * Change what a key is for, or when it ends. Known everywhere within ten seconds.
 * @throws CallerError `accessKeyNotFound`, `parameterOutOfRange`, `malformedRequest`, `accessKeyIsRevoked`, `accessKeyIsChanging`
 */
export async function changeAccessKey(deps: Deps, id: string, { description, scope, expiresAtMs }: AccessKeyChanges): Promise<AccessKey> {
  if (description !== undefined) checkSize('descriptionLength', 'description', description.length);
  if (expiresAtMs) checkExpiry(expiresAtMs, deps.system.now());
  return replaced(deps, id, (record) => {
    if (record.revokedAtMs !== undefined) throw new CallerError('accessKeyIsRevoked', `the access key ${id} is revoked, for good`, { accessKeyId: id });
    const next = { ...record.scope, ...scope };
    checkScope(next);
    return { ...withExpiry(record, expiresAtMs), scope: next, ...(description === undefined ? {} : { description }) };
  });
}

/**
 * From now on it opens nothing, within ten seconds everywhere. It cannot be taken back; again is a success.
 * @throws CallerError `accessKeyNotFound`, `accessKeyIsChanging`
 */
export const revokeAccessKey = async (deps: Deps, id: string): Promise<AccessKey> => replaced(deps, id, (record) => {
  if (record.revokedAtMs !== undefined) return record;
  const nowMs = deps.system.now();
  return { ...record, revokedAtMs: nowMs, removableAtMs: removableFrom(nowMs) };
});

function withExpiry({ expiresAtMs: before, removableAtMs, ...rest }: AccessKeyRecord, wanted: EpochMs | null | undefined): AccessKeyRecord {
  if (wanted === null) return rest;
  if (wanted !== undefined) return { ...rest, expiresAtMs: wanted, removableAtMs: removableFrom(wanted) };
  return { ...rest, ...(before === undefined ? {} : { expiresAtMs: before }), ...(removableAtMs === undefined ? {} : { removableAtMs }) };
}

/** Others may be changing it too: then once more, on what they made of it. */
async function replaced(deps: Deps, id: string, change: (record: AccessKeyRecord) => AccessKeyRecord): Promise<AccessKey> {
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const record = await deps.accessKeys.readAccessKey(id);
    if (!record) throw notFound(id);
    const next = change(record);
    if (next === record) return accessKeyOf(record, deps.system.now());
    const { kind } = await deps.accessKeys.replaceAccessKey({ ...next, writeId: deps.system.newId() }, record.writeId);
    forgetAccessKey(deps, id);
    if (kind === 'landed') return accessKeyOf(next, deps.system.now());
  }
  throw new CallerError('accessKeyIsChanging', `the access key ${id} is being changed by others: try again`, { accessKeyId: id });
}

export const notFound = (id: string): CallerError => new CallerError('accessKeyNotFound', `there is no access key ${id}`, { accessKeyId: id });
