import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { publishArchive } from '../../lambdas/archive-metrics.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'RewindMQ');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'shop');
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});

afterEach(() => vi.unstubAllEnvs());

it('writes what a turn came to in one line that CloudWatch reads as metrics', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  publishArchive({ queues: 3, objects: 4, messages: 5000, unreadable: 0, extended: 0, failed: 1, lagSeconds: 90_000 });
  expect(log).toHaveBeenCalledTimes(1);
  expect(JSON.parse(log.mock.calls[0]?.[0])).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Namespace: 'RewindMQ', Dimensions: [['service']] }] },
    service: 'shop', ArchiveLag: 90_000, ArchivedObjects: 4, ArchivedMessages: 5000, ArchiveFailures: 1,
  });
});
