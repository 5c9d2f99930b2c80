import type { FaultRates } from '../faults.ts';
import type { Profile } from '../profile.ts';

/** Runs in which a broken rule has a chance to matter. */
export const withCast = (profile: Profile, more: Readonly<Record<string, number>>): Profile =>
  ({ ...profile, cast: new Map([...profile.cast, ...Object.entries(more)]) });

export const faultsOften = (profile: Profile, rates: Partial<FaultRates>): Profile =>
  ({ ...profile, rates: { ...profile.rates, ...rates } });

/** Everybody pauses for hours and days, and what is sent does not live long. */
export const oftenIdle = (profile: Profile): Profile => ({
  ...profile, pauseMs: { min: 60_000, max: 40 * 3_600_000 }, operations: 25,
  settings: { ...profile.settings, retentionSeconds: 60 },
  rates: { ...profile.rates, expiryLatenessMsMax: 0 },
});

/** Nobody deletes everything at once, and timeouts are short: much is taken again. */
export const redeliversOften = (profile: Profile): Profile => ({
  ...withCast(profile, { consumer: 5 }), pauseMs: { min: 5, max: 3000 }, batches: [3, 10], receives: [1, 3, 10],
  settings: { ...profile.settings, visibilityTimeoutSeconds: 1, retentionSeconds: 345_600 }, maxReceiveCount: undefined, maxAgeSeconds: undefined,
});
