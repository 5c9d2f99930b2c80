import { expect, it } from 'vitest';
import { searchSubscriptions } from '../../../lib/core/topic/search-subscriptions.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { refusalOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

it('finds subscriptions by a word in their name, and counts all that have it', async () => {
  const deps = memoryDeps();
  const topic = await newTopic(deps);
  for (const name of ['risk', 'Asterisk', 'books']) await topic.subscribe(name);
  const { found, total } = await searchSubscriptions(deps, { topic: 'orders', word: 'RISK', offset: 1, limit: 5 });
  expect([found.map(({ name }) => name), total]).toEqual([['risk'], 2]);
  expect(await searchSubscriptions(deps, { topic: 'orders', word: '', offset: 0, limit: 0 })).toEqual({ found: [], total: 3 });
});

it('is refused of a topic that is not there', async () => {
  expect(await refusalOf(searchSubscriptions(memoryDeps(), { topic: 'orders', word: '', offset: 0, limit: 1 }))).toBe('topicNotFound');
});
