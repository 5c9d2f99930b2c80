import { CallerError } from '../errors.ts';
import { type EpochMs, msAfter } from '../time.ts';

const DAY_MS = 86_400_000;

/** What has ended is shown for so long, so that its end can be looked up. */
export const removableFrom = (endedAtMs: EpochMs): EpochMs => msAfter(endedAtMs, 90 * DAY_MS);

/** @throws CallerError `parameterOutOfRange` */
export function checkExpiry(expiresAtMs: EpochMs, nowMs: EpochMs): void {
  if (expiresAtMs > nowMs) return;
  const [value, now] = [new Date(expiresAtMs).toISOString(), new Date(nowMs).toISOString()];
  throw new CallerError('parameterOutOfRange', `expiresAt must be later than now (${now}), got ${value}`, { field: 'expiresAt', now, value });
}
