import { expect, it } from 'vitest';
import { listSubscriptions } from '../../../lib/core/topic/list-subscriptions.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { refusalOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

it('lists those of one topic by name, page by page', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  for (const name of ['c', 'a', 'b']) await orders.subscribe(name);
  const first = await listSubscriptions(deps, { topic: 'orders', prefix: '', limit: 2 });
  expect(first.subscriptions.map(({ name }) => name)).toEqual(['a', 'b']);
  const rest = await listSubscriptions(deps, { topic: 'orders', prefix: '', limit: 2, cursor: first.cursor! });
  expect(rest).toMatchObject({ subscriptions: [{ topic: 'orders', name: 'c' }] });
  expect(rest.cursor).toBeUndefined();
});

it('refuses a topic that is not there', async () => {
  expect(await refusalOf(listSubscriptions(memoryDeps(), { topic: 'orders', prefix: '', limit: 1 }))).toBe('topicNotFound');
});
