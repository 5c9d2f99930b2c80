/** Milliseconds since 1970-01-01T00:00Z. The only form of "when" inside `lib/`. */
export type EpochMs = number & { readonly __unit: 'EpochMs' };

export const epochMs = (value: number): EpochMs => value as EpochMs;

export const secondsAfter = (from: EpochMs, seconds: number): EpochMs => epochMs(from + seconds * 1000);

export const msAfter = (from: EpochMs, ms: number): EpochMs => epochMs(from + ms);

/** `2026-11-21T11:43:49.000Z`, as answers and errors have it. */
export const isoText = (atMs: EpochMs): string => new Date(atMs).toISOString();

export const earliest = (...instants: readonly EpochMs[]): EpochMs => epochMs(Math.min(...instants));

/** The earlier of two instants that may not be known; undefined if neither is. */
export const earlierOf = (a: EpochMs | undefined, b: EpochMs | undefined): EpochMs | undefined =>
  (a === undefined || b === undefined ? a ?? b : earliest(a, b));

export const latest = (...instants: readonly EpochMs[]): EpochMs => epochMs(Math.max(...instants));
