import type { AccessKeyRecord } from './ports/access-key-table.ts';
import type { EpochMs } from './time.ts';

export type AccessKeyState = 'active' | 'expired' | 'revoked';

/** A key as those who look after keys see it: everything but its secret. */
export type AccessKey = Omit<AccessKeyRecord, 'sealedSecret' | 'writeId' | 'removableAtMs'> & { readonly state: AccessKeyState };

export function accessKeyOf({ sealedSecret: _sealed, writeId: _writeId, removableAtMs: _removable, ...shown }: AccessKeyRecord, nowMs: EpochMs): AccessKey {
  return { ...shown, state: stateOf(shown, nowMs) };
}

export function stateOf({ revokedAtMs, expiresAtMs }: Pick<AccessKeyRecord, 'revokedAtMs' | 'expiresAtMs'>, nowMs: EpochMs): AccessKeyState {
  if (revokedAtMs !== undefined) return 'revoked';
  return expiresAtMs !== undefined && expiresAtMs <= nowMs ? 'expired' : 'active';
}
