import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import type { Deps } from '../../lib/core/deps.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { segmentKey } from '../../lib/storage/items/keys.ts';
import { topicCalls, newTopic } from '../core/topic-calls.ts';
import { memoryDeps, type MemoryDeps } from '../support/memory-deps.ts';

/** As Lambda hands it over: what the table's stream tells of a new segment of a topic with pushed subscriptions. */
function eventOf(...topics: readonly string[]): DynamoDBStreamEvent {
  return {
    Records: topics.map((log, at) => {
      const { pk, sk } = segmentKey({ log, shard: 'shard', base: at });
      return {
        eventID: `event${at}`, eventName: 'INSERT', eventSource: 'aws:dynamodb', eventVersion: '1.1', awsRegion: 'eu-central-1',
        eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/messages/stream/2027-01-31T12:00:00.000',
        dynamodb: {
          Keys: { pk: { S: pk }, sk: { S: sk } }, NewImage: { pk: { S: pk }, sk: { S: sk }, n: { N: '1' }, pu: { N: '1' }, b: { B: 'AAEC' } },
          SequenceNumber: `${100 + at}`, SizeBytes: 200, StreamViewType: 'NEW_IMAGE',
        },
      };
    }),
  };
}

async function wake(deps: Deps, event: DynamoDBStreamEvent) {
  vi.doMock('../../lambdas/dependencies.ts', () => ({ dependencies: async () => deps }));
  const { handler } = await import('../../lambdas/push-waker.ts');
  return handler(event);
}

beforeEach(() => { vi.resetModules(); });
afterEach(() => { vi.doUnmock('../../lambdas/dependencies.ts'); });

describe('the waker', () => {
  let deps: MemoryDeps;
  let topic: string;

  beforeEach(async () => {
    deps = memoryDeps();
    await createQueue(deps, { name: 'inbox', settings: {} });
    await newTopic(deps);
    await topicCalls(deps).subscribe('pushed', { push: { delivery: { kind: 'queue', queue: 'inbox' } } });
    topic = (await deps.queues.readName('topic', 'orders'))?.incarnation ?? '';
    deps.kicked.length = 0;
  });

  it('starts the runner of what is pushed, once for all that it is told of', async () => {
    expect(await wake(deps, eventOf(topic, topic, topic))).toEqual({ batchItemFailures: [] });
    expect(deps.kicked.map(({ kind, incarnation }) => [kind, incarnation.split('.')[0]])).toEqual([['push', topic]]);
  });

  it('names the records that it could not tell of, by which Lambda repeats them', async () => {
    const kickJob: Deps['kickJob'] = async () => { throw new StoreUnavailable('injected', { outcome: 'unknown' }); };
    expect(await wake({ ...deps, kickJob }, eventOf('gone', topic, 'gone', topic))).toEqual({
      batchItemFailures: [{ itemIdentifier: '101' }, { itemIdentifier: '103' }],
    });
  });
});
