import type { Dice } from './dice.ts';

/** What may go wrong with one request, or with whoever makes it. */
export const faultKinds = [
  /** The instance dies: before it sends, or after the request did its work. */
  'diesBefore', 'diesAfter',
  /** No answer in time, and the SDK tries again: never arrived, arrived, or arrives later than the repeat. */
  'lostRequest', 'lostReply', 'lateLanding',
  'throttled',
  /** The instance stands still for up to 15 minutes and goes on with what it remembers. */
  'frozenBefore', 'frozenAfter',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Things that are always so; counted like faults, since a run without them proves less. */
export const hazardKinds = ['staleRead', 'tornRead', 'expiredItem', 'objectPutFails', 'objectPutUnseen'] as const;

export type HazardKind = (typeof hazardKinds)[number];

export interface FaultRates extends Readonly<Record<FaultKind, number>> {
  /** Part of the eventual reads that may show the past. */
  readonly staleReads: number;
  readonly staleMsMax: number;
  /** Clocks are off by at most half of this, so that two differ by at most all of it. */
  readonly clockSkewMs: number;
  readonly frozenMsMax: number;
  readonly objectPutFails: number;
  /** TTL removes an item this much later than it may. */
  readonly expiryLatenessMsMax: number;
}

export const noFaults: FaultRates = {
  diesBefore: 0, diesAfter: 0, lostRequest: 0, lostReply: 0, lateLanding: 0, throttled: 0, frozenBefore: 0, frozenAfter: 0,
  staleReads: 0, staleMsMax: 1000, clockSkewMs: 0, frozenMsMax: 0, objectPutFails: 0, expiryLatenessMsMax: 0,
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Per request; each run has some kinds more often than others, and some not at all. */
const usual: Readonly<Record<FaultKind, number>> = {
  diesBefore: 0.002, diesAfter: 0.002, lostRequest: 0.004, lostReply: 0.01, lateLanding: 0.006, throttled: 0.01,
  frozenBefore: 0.002, frozenAfter: 0.002,
};

export function drawRates(dice: Dice): FaultRates {
  if (dice.chance(0.08)) return { ...noFaults, staleReads: 0.5, clockSkewMs: 200, expiryLatenessMsMax: 48 * HOUR_MS };
  const factor = () => dice.pick([0, 0.5, 1, 1, 3, 8]);
  const drawn = Object.fromEntries(faultKinds.map((kind) => [kind, usual[kind] * factor()])) as Record<FaultKind, number>;
  return {
    ...drawn,
    staleReads: dice.pick([0, 0.3, 0.8]), staleMsMax: 1000,
    clockSkewMs: dice.pick([0, 200, 200]),
    frozenMsMax: dice.pick([3000, MINUTE_MS, 15 * MINUTE_MS]),
    objectPutFails: dice.pick([0, 0.05]),
    expiryLatenessMsMax: dice.pick([0, 48 * HOUR_MS]),
  };
}
