import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import type { PushRequest } from '../../lib/core/push/push-settings.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { createSubscription } from '../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../lib/core/topic/create-topic.ts';
import { wakeTopics } from '../../lib/housekeeping/wake-topics.ts';
import { memoryDeps, type MemoryDeps } from '../support/memory-deps.ts';

const toInbox: PushRequest = { delivery: { kind: 'queue', queue: 'inbox' } };

/** A topic for each name, with a subscription that is pulled and this many that are pushed. Answers their incarnations. */
async function withTopics(deps: MemoryDeps, pushed: Readonly<Record<string, number>>): Promise<Readonly<Record<string, string>>> {
  await createQueue(deps, { name: 'inbox', settings: {} });
  const incarnations: Record<string, string> = {};
  for (const [topic, count] of Object.entries(pushed)) {
    await createTopic(deps, { name: topic, settings: {} });
    await createSubscription(deps, { topic, name: 'pulled', settings: {}, filter: {} });
    for (let at = 0; at < count; at += 1) await createSubscription(deps, { topic, name: `pushed${at}`, settings: {}, filter: {}, push: toInbox });
    incarnations[topic] = (await deps.queues.readName('topic', topic))?.incarnation ?? '';
  }
  deps.kicked.length = 0;
  return incarnations;
}

const topicsOf = (deps: MemoryDeps): readonly string[] => deps.kicked.map(({ incarnation }) => incarnation.split('.')[0] ?? '');

describe('waking the pushes of what was published', () => {
  it('starts each pushed subscription of each topic once, however often it was published to', async () => {
    const deps = memoryDeps();
    const { orders = '', rates = '' } = await withTopics(deps, { orders: 2, rates: 1, quiet: 1 });
    const publications = [orders, rates, orders, orders].map((topic, at) => ({ topic, id: String(at) }));
    expect(await wakeTopics(deps, publications)).toEqual([]);
    expect(topicsOf(deps).toSorted()).toEqual([orders, orders, rates].toSorted());
  });

  it('starts nothing for a topic that has no pushed subscription any more, or is gone', async () => {
    const deps = memoryDeps();
    const { orders = '' } = await withTopics(deps, { orders: 0 });
    expect(await wakeTopics(deps, [{ topic: orders, id: '1' }, { topic: 'gone', id: '2' }])).toEqual([]);
    expect(deps.kicked).toEqual([]);
  });

  it('answers what it could not tell of, tells of the rest, and reports why', async () => {
    const deps = memoryDeps();
    const { orders = '', rates = '' } = await withTopics(deps, { orders: 1, rates: 1 });
    const listNames: typeof deps.queues.listNames = async (range) => {
      if (range.registry.startsWith(orders)) throw new StoreUnavailable('injected', { outcome: 'refused' });
      return deps.queues.listNames(range);
    };
    const publications = [{ topic: rates, id: '1' }, { topic: orders, id: '2' }, { topic: rates, id: '3' }, { topic: orders, id: '4' }];
    expect(await wakeTopics({ ...deps, queues: { ...deps.queues, listNames } }, publications)).toEqual([publications[1], publications[3]]);
    expect(topicsOf(deps)).toEqual([rates]);
    expect(deps.faults).toHaveLength(1);
  });
});
