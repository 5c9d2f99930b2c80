import { expect, it } from 'vitest';
import { describeTopic } from '../../../lib/core/topic/describe-topic.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { refusalOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

it('answers what all subscriptions share', async () => {
  const deps = memoryDeps();
  await newTopic(deps, { rewindSeconds: 3600 });
  expect(await describeTopic(deps, { name: 'orders' })).toMatchObject({
    name: 'orders', settings: { retentionSeconds: 345_600, rewindSeconds: 3600, delaySeconds: 0, maxMessageBytes: 1_048_576, inlineSegmentBytes: 16_384 },
  });
});

it('refuses a topic that is not there', async () => {
  expect(await refusalOf(describeTopic(memoryDeps(), { name: 'orders' }))).toBe('topicNotFound');
});
