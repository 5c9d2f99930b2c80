import { type AccessKey, accessKeyOf } from '../access-key.ts';
import type { Deps } from '../deps.ts';
import { checkLimit } from '../limits.ts';
import { notFound } from './change-access-key.ts';

export interface ListAccessKeysRequest {
  readonly limit: number;
  /** As a page before answered it. */
  readonly cursor?: string;
}

/**
 * Keys by id, ascending: also those that expired or were revoked within 90 days.
 * @throws CallerError `parameterOutOfRange`
 */
export async function listAccessKeys(deps: Deps, { limit, cursor }: ListAccessKeysRequest): Promise<{ readonly accessKeys: readonly AccessKey[]; readonly cursor?: string }> {
  checkLimit('listAccessKeys', 'limit', limit);
  const records = await deps.accessKeys.listAccessKeys({ limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) });
  const page = records.slice(0, limit);
  const last = page[page.length - 1];
  const nowMs = deps.system.now();
  return { accessKeys: page.map((record) => accessKeyOf(record, nowMs)), ...(records.length > limit && last ? { cursor: last.id } : {}) };
}

/** @throws CallerError `accessKeyNotFound` */
export async function describeAccessKey(deps: Deps, id: string): Promise<AccessKey> {
  const record = await deps.accessKeys.readAccessKey(id);
  if (!record) throw notFound(id);
  return accessKeyOf(record, deps.system.now());
}
