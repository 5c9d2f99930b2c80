import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ArchiveFigures } from '../lib/housekeeping/archive-queues.ts';

/**
 * What a turn of the archiver came to, in embedded metric format. One row for all queues together: each
 * metric is billed by the month.
 */
export function publishArchive({ lagSeconds, objects, messages, failed }: ArchiveFigures): void {
  new Metrics()
    .addMetric('ArchiveLag', MetricUnit.Seconds, lagSeconds)
    .addMetric('ArchivedObjects', MetricUnit.Count, objects)
    .addMetric('ArchivedMessages', MetricUnit.Count, messages)
    .addMetric('ArchiveFailures', MetricUnit.Count, failed)
    .publishStoredMetrics();
}
