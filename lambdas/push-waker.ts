import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { wakeTopics } from '../lib/housekeeping/wake-topics.ts';
import { publicationsIn } from '../lib/wiring/publications.ts';
import { dependencies } from './dependencies.ts';

/** Told by the table's stream of what is published to topics with pushed subscriptions, and of nothing else. */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const failed = await wakeTopics(await dependencies(), publicationsIn(Records));
  return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
};
