import { describe, expect, it } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { attemptsOf, checkRetryPolicy, delayBeforeMs, type RetryPolicy } from '../../../lib/core/push/retry-policy.ts';

const custom = (delaysSeconds: readonly number[], retries?: number): RetryPolicy =>
  ({ kind: 'custom', delaysSeconds, ...(retries === undefined ? {} : { retries }) });

/** Pauses in seconds, until it gives up. */
function pausesOf(policy: RetryPolicy, random: () => number = () => 0): readonly number[] {
  const pauses: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const ms = delayBeforeMs(policy, attempt, random);
    if (ms === 'exhausted') return pauses;
    pauses.push(ms / 1000);
  }
}

describe('a retry policy', () => {
  it.each<[string, RetryPolicy, readonly number[]]>([
    ['with own numbers takes each in turn', custom([5, 1, 60]), [5, 1, 60]],
    ['with more retries than numbers repeats the last', custom([1, 5], 5), [1, 5, 5, 5, 5]],
    ['with fewer retries than numbers stops early', custom([1, 5, 9], 2), [1, 5]],
    ['may allow no retry', custom([1], 0), []],
    ['that backs off waits at least ten seconds, three times', { kind: 'backoff' }, [10, 10, 10]],
  ])('%s', (_, policy, pauses) => {
    expect(pausesOf(policy)).toEqual(pauses);
    expect(attemptsOf(policy)).toBe(1 + pauses.length);
  });

  it('that backs off waits at most twenty seconds, and draws each pause', () => {
    expect(pausesOf({ kind: 'backoff' }, () => 1)).toEqual([20, 20, 20]);
    const dice = [0.1, 0.5, 0.9].values();
    expect(pausesOf({ kind: 'backoff' }, () => dice.next().value ?? 0)).toEqual([11, 15, 19]);
  });

  it('that decays exponentially doubles up to 512 s, and gives up after about a day', () => {
    const pauses = pausesOf({ kind: 'exponentialDecay' });
    expect(pauses.slice(0, 12)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 512]);
    expect(pauses).toHaveLength(176);
    expect(pauses.reduce((sum, seconds) => sum + seconds, 0)).toBe(86_015);
    expect(attemptsOf({ kind: 'exponentialDecay' })).toBe(177);
  });

  it('is used up also for a message that was received more often than that', () => {
    expect(delayBeforeMs({ kind: 'backoff' }, 9, () => 0)).toBe('exhausted');
  });

  it.each<[string, RetryPolicy]>([
    ['retry.delaysSeconds', custom([])],
    ['retry.delaysSeconds', custom(Array.from({ length: 101 }, () => 1))],
    ['retry.delaysSeconds[1]', custom([1, 0])],
    ['retry.delaysSeconds[0]', custom([43_201])],
    ['retry.delaysSeconds[0]', custom([1.5])],
    ['retry.retries', custom([1], -1)],
    ['retry.retries', custom([1], 1001)],
  ])('out of range is refused, and %s named', (field, policy) => {
    expect(() => checkRetryPolicy(policy)).toThrow(CallerError);
    expect(() => checkRetryPolicy(policy)).toThrow(field);
  });

  it.each<RetryPolicy>([{ kind: 'backoff' }, { kind: 'exponentialDecay' }, custom([1, 43_200], 1000)])('within the limits is taken: %j', (policy) => {
    expect(() => checkRetryPolicy(policy)).not.toThrow();
  });
});
