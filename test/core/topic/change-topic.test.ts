import { expect, it } from 'vitest';
import { changeTopic } from '../../../lib/core/topic/change-topic.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { refusalOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

it('shortens what is kept for every subscription', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk');
  await orders.publish('old');
  expect(await changeTopic(deps, { name: 'orders', changes: { retentionSeconds: 60 } })).toMatchObject({ settings: { retentionSeconds: 60 } });
  deps.clock.advance(60_000);
  expect(await risk.receiveAll()).toEqual([]);
});

it('refuses a topic that is not there, and what is out of range', async () => {
  const deps = memoryDeps();
  expect(await refusalOf(changeTopic(deps, { name: 'orders', changes: {} }))).toBe('topicNotFound');
  await newTopic(deps);
  expect(await refusalOf(changeTopic(deps, { name: 'orders', changes: { retentionSeconds: 1 } }))).toBe('parameterOutOfRange');
});
