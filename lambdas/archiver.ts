import type { Context } from 'aws-lambda';
import { archiveQueues, readArchiveRequest } from '../lib/housekeeping/archive-queues.ts';
import { publishArchive } from './archive-metrics.ts';
import { dependencies } from './dependencies.ts';

/** Left for publishing what a turn came to. */
const reserveMs = 30_000;

/** Started by the schedule once an hour, or by hand with a queue and an age: `{"queue":"orders","olderThanSeconds":0}`. */
export const handler = async (event: unknown, context: Context): Promise<void> => {
  const turnMs = context.getRemainingTimeInMillis() - reserveMs;
  publishArchive(await archiveQueues(await dependencies(), { ...readArchiveRequest(event), turnMs }));
};
