import { CallerError } from '../errors.ts';
import { type EpochMs, isoText, msAfter } from '../time.ts';
import { DAY_MS } from '../timing.ts';

/** What has ended is shown for so long, so that its end can be looked up. */
export const removableFrom = (endedAtMs: EpochMs): EpochMs => msAfter(endedAtMs, 90 * DAY_MS);

/** @throws CallerError `parameterOutOfRange` */
export function checkExpiry(expiresAtMs: EpochMs, nowMs: EpochMs): void {
  if (expiresAtMs > nowMs) return;
  const [value, now] = [isoText(expiresAtMs), isoText(nowMs)];
  throw new CallerError('parameterOutOfRange', `expiresAt must be later than now (${now}), got ${value}`, { field: 'expiresAt', now, value });
}
