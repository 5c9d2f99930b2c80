import { expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { createTopic } from '../../../lib/core/topic/create-topic.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { refusalOf } from '../queue-calls.ts';

it('is made once: the same again is a success, with other settings a conflict', async () => {
  const deps = memoryDeps();
  const make = (settings = {}) => createTopic(deps, { name: 'orders', settings });
  expect(await make()).toMatchObject({ created: true, topic: { name: 'orders', settings: { retentionSeconds: 345_600, rewindSeconds: 0 } } });
  expect(await make()).toMatchObject({ created: false });
  expect(await refusalOf(make({ retentionSeconds: 60 }))).toBe('topicExistsWithOtherSettings');
});

it('is another thing than a queue of the same name', async () => {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'orders', settings: { retentionSeconds: 60 } });
  expect(await createTopic(deps, { name: 'orders', settings: {} })).toMatchObject({ created: true });
});

it.each(['', 'a/b', '1st', 'x'.repeat(81)])('refuses the name %j', async (name) => {
  expect(await refusalOf(createTopic(memoryDeps(), { name, settings: {} }))).toBe('parameterOutOfRange');
});
