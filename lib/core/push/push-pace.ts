/**
 * Spaces messages evenly, so that in no second more begin than the rate says; what was missed is not made up for.
 * Times have fractions of a millisecond: at 5,000 a second five begin with each.
 */
export interface PushPace {
  /** 0: no rate is set. */
  readonly spacingMs: number;
  /** When the next message may begin. */
  nextAtMs: number;
}

export const paceOf = (messagesPerSecond: number | undefined, notBeforeMs: number): PushPace =>
  ({ spacingMs: messagesPerSecond === undefined ? 0 : 1000 / messagesPerSecond, nextAtMs: notBeforeMs });

/** Another rate, as if it had been this one when the last message began. */
export function repaced({ spacingMs, nextAtMs }: PushPace, messagesPerSecond: number | undefined): PushPace {
  const pace = paceOf(messagesPerSecond, nextAtMs - spacingMs);
  return { ...pace, nextAtMs: pace.nextAtMs + pace.spacingMs };
}

/** Far more than a clock's fractions can add up to, far less than a message. */
const ROUNDING = 1e-6;

/** How many may begin in this millisecond. */
export function allowedAt({ spacingMs, nextAtMs }: PushPace, nowMs: number): number {
  if (spacingMs === 0) return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.ceil((nowMs + 1 - Math.max(nextAtMs, nowMs)) / spacingMs - ROUNDING));
}

export function noteBegun(pace: PushPace, count: number, nowMs: number): void {
  if (pace.spacingMs > 0) pace.nextAtMs = Math.max(pace.nextAtMs, nowMs) + count * pace.spacingMs;
}
