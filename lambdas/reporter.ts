import { reportQueues } from '../lib/housekeeping/report-queues.ts';
import { dependencies } from './dependencies.ts';
import { publishCounts } from './queue-metrics.ts';

/** Started by the schedule, once a minute. */
export const handler = async (): Promise<void> => reportQueues(await dependencies(), publishCounts);
