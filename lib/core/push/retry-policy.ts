import { checkLimit } from '../limits.ts';

/**
 * When a message is tried again that its target did not accept. Counted from the failure.
 *
 *   backoff            three times, 10 to 20 s apart, at random
 *   exponentialDecay   after 1, 2, 4 … 512 s, then every 512 s: 176 times within about a day
 *   custom             after these delays, one after the other; the last one repeats itself until `retries` are used up
 */
export type RetryPolicy =
  | { readonly kind: 'backoff' }
  | { readonly kind: 'exponentialDecay' }
  | {
    readonly kind: 'custom';
    readonly delaysSeconds: readonly number[];
    /** Default: one for each delay. */
    readonly retries?: number;
  };

export const defaultRetryPolicy: RetryPolicy = { kind: 'exponentialDecay' };

const BACKOFF = { retries: 3, minMs: 10_000, maxMs: 20_000 } as const;
const DECAY = { retries: 176, firstMs: 1000, lastMs: 512_000 } as const;

/** How often a message is tried in all: the first attempt, and the retries. */
export const attemptsOf = (policy: RetryPolicy): number => 1 + retriesOf(policy);

function retriesOf(policy: RetryPolicy): number {
  switch (policy.kind) {
    case 'backoff': return BACKOFF.retries;
    case 'exponentialDecay': return DECAY.retries;
    case 'custom': return policy.retries ?? policy.delaysSeconds.length;
  }
}

/** The pause after the failed attempt of that number, of which the first is 1. `random` is the dice: 0 ≤ x < 1. */
export function delayBeforeMs(policy: RetryPolicy, attempt: number, random: () => number): number | 'exhausted' {
  if (attempt >= attemptsOf(policy)) return 'exhausted';
  switch (policy.kind) {
    case 'backoff': return BACKOFF.minMs + random() * (BACKOFF.maxMs - BACKOFF.minMs);
    case 'exponentialDecay': return Math.min(DECAY.lastMs, DECAY.firstMs * 2 ** (attempt - 1));
    case 'custom': return 1000 * (policy.delaysSeconds[attempt - 1] ?? policy.delaysSeconds.at(-1) ?? 0);
  }
}

/** @throws CallerError `parameterOutOfRange` */
export function checkRetryPolicy(policy: RetryPolicy, field = 'retry'): void {
  if (policy.kind !== 'custom') return;
  checkLimit('retryDelays', `${field}.delaysSeconds`, policy.delaysSeconds.length);
  policy.delaysSeconds.forEach((seconds, index) => checkLimit('retryDelaySeconds', `${field}.delaysSeconds[${index}]`, seconds));
  if (policy.retries !== undefined) checkLimit('retries', `${field}.retries`, policy.retries);
}
