import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { publishCounts } from '../../lambdas/queue-metrics.ts';
import { epochMs } from '../../lib/core/time.ts';

const counts = { ready: 7, inFlight: 0, delayed: 0, rewindable: 0, approximate: true, asOfMs: epochMs(0) };

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'RewindMQ');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'shop');
  // To the global console, which a test can listen to, and still not switched off.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});

afterEach(() => vi.unstubAllEnvs());

/** What one call writes to the log. */
function published(age: number | undefined): Record<string, unknown> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  publishCounts('orders', { ...counts, oldestMessageAgeSeconds: age });
  expect(log).toHaveBeenCalledTimes(1);
  return JSON.parse(log.mock.calls[0]?.[0]);
}

it('writes depth and age of a queue in one line that CloudWatch reads as metrics', () => {
  expect(published(90)).toMatchObject({
    _aws: {
      CloudWatchMetrics: [{
        Namespace: 'RewindMQ',
        Dimensions: [['service', 'queue']],
        Metrics: [{ Name: 'ReadyMessages', Unit: 'Count' }, { Name: 'OldestMessageAge', Unit: 'Seconds' }],
      }],
    },
    service: 'shop', queue: 'orders', ReadyMessages: 7, OldestMessageAge: 90,
  });
});

it('reports the age 0 for a queue that holds nothing', () => {
  expect(published(undefined)).toMatchObject({ OldestMessageAge: 0 });
});
