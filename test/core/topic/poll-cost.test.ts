import { describe, expect, it } from 'vitest';
import { changeDefinition } from '../../../lib/core/queue/change-definition.ts';
import { changeGroup } from '../../../lib/core/queue/delay-lane.ts';
import { newShard } from '../../../lib/core/queue/ready-lane.ts';
import { viewByName } from '../../../lib/core/queue/view.ts';
import type { SubscriptionFilter } from '../../../lib/core/subscription-filter.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, entry, newQueue, type QueueCalls, textsOf } from '../queue-calls.ts';
import { newTopic, subscriptionCalls, type TopicCalls, topicCalls } from '../topic-calls.ts';

/** One look, and what it reads: its own record, the alarms of its chain, one shard. */
const IDLE_QUEUE_UNITS = 1.5;
/** The topic's record, every five seconds. */
const TOPIC_UNITS = 0.5 / 5;
/** Of a hundred looks one or two find a little more to read: where the chain ends, which shards are closed. */
const ROUNDING = 0.05;

/** Read units of an empty look, on the average of so many, a second apart. */
async function idleUnits(deps: MemoryDeps, consumer: QueueCalls, looks = 100): Promise<number> {
  const { readUnits, writeUnits } = await costOf(deps, async () => {
    for (let look = 0; look < looks; look += 1) {
      deps.clock.advance(1001);
      expect(await consumer.receive()).toEqual([]);
    }
  });
  expect(writeUnits).toBe(0);
  return readUnits / looks;
}

async function consumeFor(deps: MemoryDeps, consumer: QueueCalls, minutes: number): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let looks = 0; looks < minutes * 30; looks += 1) {
    const received = await consumer.receive();
    seen.push(...textsOf(received));
    if (received.length > 0) await consumer.delete(received);
    deps.clock.advance(2000);
  }
  return seen;
}

const filters: readonly { readonly filter: SubscriptionFilter }[] = [{ filter: {} }, { filter: { tags: ['rare'] } }, { filter: { bindingKeys: ['#.never'] } }];

describe('an idle look', () => {
  it.each(filters)('costs what it does on a queue, and now and then the record of the topic: $filter', async ({ filter }) => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const [queue, risk] = [await newQueue(deps, {}, 'orders'), await orders.subscribe('risk', { filter })];
    await Promise.all([queue.receive(), risk.receive()]);
    expect(await idleUnits(deps, queue)).toBeCloseTo(IDLE_QUEUE_UNITS, 1);
    expect(await idleUnits(deps, risk)).toBeLessThanOrEqual(IDLE_QUEUE_UNITS + TOPIC_UNITS + ROUNDING);
  });

  it.each(filters)('costs the same behind messages of others that are not worth a lease: $filter', async ({ filter }) => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const risk = await orders.subscribe('risk', { filter });
    await orders.publish(...Array.from({ length: 100 }, () => entry('other')));
    await consumeFor(deps, risk, 2);
    expect(await idleUnits(deps, risk)).toBeLessThanOrEqual(IDLE_QUEUE_UNITS + TOPIC_UNITS + ROUNDING);
  });
});

const topicView = (deps: MemoryDeps) => viewByName(deps, 'orders/', 0);

/** A burst leaves so many shards, messages in each, one in ten `rare`. */
async function burst(deps: MemoryDeps, published: 'ready' | 'delayed'): Promise<readonly string[]> {
  const view = await topicView(deps);
  const more = Array.from({ length: 7 }, () => newShard(deps));
  if (published === 'ready') await changeDefinition(deps, view.definition.incarnation, ({ shards }) => ({ shards: [...shards, ...more] }));
  else await changeGroup(deps, view, ({ delayShards }) => ({ delayShards: [...delayShards, newShard(deps), ...more] }));
  deps.clock.advance(10_000);
  const texts: string[] = [];
  for (let at = 0; at < 200; at += 1) {
    texts.push(`m${at}`);
    const other: TopicCalls = topicCalls(memoryDeps({ world: deps.world }));
    await other.publish(entry(`m${at}`, { tags: at % 10 === 0 ? ['rare'] : [], ...(published === 'delayed' ? { delaySeconds: 5 } : {}) }));
  }
  return texts;
}

describe.each(['ready', 'delayed'] as const)('after a burst of %s publications', (published) => {
  it.each(filters)('a look costs again what it costs on a new topic: $filter', async ({ filter }) => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const risk = await orders.subscribe('risk', { filter });
    const texts = await burst(deps, published);
    const seen = await consumeFor(deps, risk, 6);
    const own = texts.filter((_, at) => !filter.bindingKeys && (!filter.tags || at % 10 === 0));
    expect(seen.toSorted()).toEqual(own.toSorted());
    const { definition, group } = await topicView(deps);
    expect([definition.shards.length, group.delayShards.length]).toEqual([1, published === 'ready' ? 0 : 1]);
    const shardsUnits = published === 'ready' ? 0 : 0.5;
    expect(await idleUnits(deps, subscriptionCalls(deps, 'risk'))).toBeLessThanOrEqual(IDLE_QUEUE_UNITS + TOPIC_UNITS + shardsUnits + ROUNDING);
  });
});
