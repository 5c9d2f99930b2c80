import { expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { createTopic } from '../../../lib/core/topic/create-topic.ts';
import { listTopics } from '../../../lib/core/topic/list-topics.ts';
import { memoryDeps } from '../../support/memory-deps.ts';

it('lists topics by name, page by page, and no queues', async () => {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'a-queue', settings: {} });
  for (const name of ['c', 'a', 'b']) await createTopic(deps, { name, settings: {} });
  const first = await listTopics(deps, { prefix: '', limit: 2 });
  expect(first.topics.map(({ name }) => name)).toEqual(['a', 'b']);
  const rest = await listTopics(deps, { prefix: '', limit: 2, cursor: first.cursor! });
  expect(rest.topics.map(({ name }) => name)).toEqual(['c']);
  expect(rest.cursor).toBeUndefined();
});
