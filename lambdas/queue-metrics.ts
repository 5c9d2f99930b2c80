import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { QueueCounts } from '../lib/core/queue/describe-queue.ts';

/**
 * One queue's figures in embedded metric format: CloudWatch takes them from the log. Namespace and
 * the dimension `service` come from the environment (POWERTOOLS_…). Two metrics a queue and no
 * more: each is billed by the month.
 */
export function publishCounts(queue: string, { ready, oldestMessageAgeSeconds }: QueueCounts): void {
  new Metrics()
    .addDimension('queue', queue)
    .addMetric('ReadyMessages', MetricUnit.Count, ready)
    .addMetric('OldestMessageAge', MetricUnit.Seconds, oldestMessageAgeSeconds ?? 0)
    .publishStoredMetrics();
}
