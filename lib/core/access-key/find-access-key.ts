import { stateOf } from '../access-key.ts';
import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { AccessKeyRecord } from '../ports/access-key-table.ts';
import { timing } from '../timing.ts';
import type { Access } from './access.ts';

/** A key that opens something now. */
export interface UsableKey {
  readonly secret: string;
  readonly access: Access;
}

/**
 * The key of that id, if it may be used now. One read per key, process and ten seconds; so late, at most, a change
 * is known.
 */
export async function findAccessKey(deps: Deps, id: string): Promise<UsableKey | undefined> {
  const administrator = deps.authentication?.administrator;
  if (administrator?.id === id) return { secret: administrator.secret, access: { kind: 'administrator' } };
  if (!idPattern.test(id)) return undefined;
  const record = await recordOf(deps, id);
  if (!record || stateOf(record, deps.system.now()) !== 'active') return undefined;
  const secret = await secretOf(deps, record);
  return secret === undefined ? undefined : { secret, access: { kind: 'scoped', scope: record.scope } };
}

/** As `createAccessKey` makes them: what is none is not looked up. */
const idPattern = /^AKID[A-Za-z0-9]{32}$/;

async function recordOf(deps: Deps, id: string): Promise<AccessKeyRecord | undefined> {
  const { accessKeys: remembered } = deps.memory;
  const nowMs = deps.system.now();
  const known = remembered.get(id);
  if (known && nowMs - known.atMs < timing.accessKeyAgeMs) return known.value;
  const record = await deps.accessKeys.readAccessKey(id);
  remembered.set(id, { value: record, atMs: nowMs });
  return record;
}

/**
 * A secret never changes: it is opened once per process. Undefined: what encrypted it is lost, and with it the key. Who
 * names such a key need not hold it, so it is tried once in ten seconds and reported once per process.
 */
async function secretOf(deps: Deps, { id, sealedSecret }: AccessKeyRecord): Promise<string | undefined> {
  const { openedSecrets, unopenedSecrets } = deps.memory;
  const known = openedSecrets.get(id);
  if (known !== undefined) return known;
  const failedAtMs = unopenedSecrets.get(id);
  if (failedAtMs !== undefined && deps.system.now() - failedAtMs < timing.accessKeyAgeMs) return undefined;
  try {
    const secret = await deps.secretBox.open(id, sealedSecret);
    openedSecrets.set(id, secret);
    unopenedSecrets.delete(id);
    return secret;
  } catch (cause) {
    if (cause instanceof StoreUnavailable) throw cause;
    // Requests that came together tried it together.
    if (unopenedSecrets.get(id) === undefined) deps.report(new Error(`the secret of access key ${id} cannot be decrypted: revoke it and issue another`, { cause }));
    unopenedSecrets.set(id, deps.system.now());
    return undefined;
  }
}

/** It was changed by this process. */
export const forgetAccessKey = ({ memory }: Deps, id: string): void => memory.accessKeys.delete(id);
