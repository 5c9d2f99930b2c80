import { describe, expect, it } from 'vitest';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { undoRewind } from '../../../lib/core/queue/undo-rewind.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { createSubscription } from '../../../lib/core/topic/create-subscription.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue, refusalOf, textsOf } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, HOUR_MS, WEEK_SECONDS } from '../rewind-calls.ts';
import { newTopic, subscriptionCalls } from '../topic-calls.ts';

const tagged = (text: string, ...tags: readonly string[]) => entry(text, { tags });

describe('where it begins', () => {
  it('with what is published from now on', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    await orders.publish('before', entry('delayed', { delaySeconds: 5 }));
    deps.clock.advance(10);
    const risk = await orders.subscribe('risk');
    await orders.publish('after');
    deps.clock.advance(10_000);
    expect(await consume(risk)).toEqual(['after']);
  });

  it('at a time within history, also of a shard that is closed by now', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const times: number[] = [];
    for (const text of ['a', 'b', 'c', 'd']) {
      times.push(deps.clock.now());
      await orders.publish(text);
      deps.clock.advance(13 * HOUR_MS);
    }
    const late = await orders.subscribe('late', { from: { atMs: epochMs(times[1]!) } });
    const all = await orders.subscribe('all', { from: { atMs: epochMs(times[0]!) } });
    await orders.publish('e');
    expect(await consume(late)).toEqual(['b', 'c', 'd', 'e']);
    expect(await consume(all)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('at a message', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const [, second] = await orders.publish('a', 'b', 'c');
    const risk = await orders.subscribe('risk', { from: { messageId: second! } });
    expect(await consume(risk)).toEqual(['b', 'c']);
  });

  it('not outside of history', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps, { retentionSeconds: 3600 });
    const at = (ms: number) => orders.subscribe('risk', { from: { atMs: epochMs(deps.clock.now() + ms) } });
    expect(await refusalOf(at(-HOUR_MS - 1))).toBe('parameterOutOfRange');
    expect(await refusalOf(at(1))).toBe('parameterOutOfRange');
    expect(await refusalOf(at(-HOUR_MS))).toBe('not refused');
  });
});

describe('a filter', () => {
  it('lets through what matches, and the rest costs no lease each', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const paid = await orders.subscribe('paid', { filter: { tags: ['paid'] } });
    for (let at = 0; at < 100; at += 1) await orders.publish(tagged(`m${at}`, at % 10 === 0 ? 'paid' : 'open'));
    const { writeUnits } = await costOf(deps, async () => {
      expect(textsOf(await paid.receiveAll())).toEqual(Array.from({ length: 10 }, (_, at) => `m${10 * at}`));
    });
    expect(writeUnits).toBeLessThanOrEqual(11);
  });

  it('passes over a long stretch of others in one receive, and notes the way', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const paid = await orders.subscribe('paid', { filter: { bindingKeys: ['#.paid'] } });
    for (let batch = 0; batch < 30; batch += 1) await orders.publish(...entries(100, { routingKey: 'eu.open' }));
    expect(await paid.receive()).toEqual([]);
    await orders.publish(entry('wanted', { routingKey: 'eu.berlin.paid' }));
    expect(textsOf(await paid.receive())).toEqual(['wanted']);
    const fresh = memoryDeps({ world: deps.world });
    await orders.publish(entry('wanted too', { routingKey: 'paid' }));
    const { readUnits } = await costOf(fresh, async () => {
      expect(textsOf(await subscriptionCalls(fresh, 'paid').receive())).toEqual(['wanted too']);
    });
    expect(readUnits).toBeLessThan(10);
  });

  it('comes to the end of a shard that was closed behind messages of others', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const paid = await orders.subscribe('paid', { filter: { tags: ['paid'] } });
    await orders.publish(tagged('other', 'open'));
    expect(await paid.receive()).toEqual([]);
    deps.clock.advance(13 * HOUR_MS);
    await orders.publish(tagged('wanted', 'paid'));
    expect(await consume(paid)).toEqual(['wanted']);
    for (let look = 0; look < 5; look += 1) {
      deps.clock.advance(10_000);
      expect(await paid.receive()).toEqual([]);
    }
    const view = await deps.queues.readView((await deps.queues.readName((await deps.queues.readName('topic', 'orders'))!.incarnation, 'paid'))!.incarnation, { consistent: true });
    expect(view?.group.chain.drained.length === 1 || (view?.group.chain.drainedThrough ?? 0) > 0).toBe(true);
  });
});

describe('like a queue', () => {
  it('is rewound and undone by itself', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps, { rewindSeconds: WEEK_SECONDS });
    const [risk, audit] = [await orders.subscribe('risk', { filter: { tags: ['a'] } }), await orders.subscribe('audit')];
    const startMs = deps.clock.now();
    await orders.publish(tagged('one', 'a'), tagged('two', 'b'));
    await consume(risk);
    await consume(audit);
    deps.clock.advance(1000);
    const { rewindId } = await rewindQueue(deps, { name: 'orders/risk', from: { atMs: epochMs(startMs) } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(risk)).toEqual(['one']);
    expect(await consume(audit)).toEqual([]);
    await undoRewind(deps, { name: 'orders/risk', rewindId });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(risk)).toEqual([]);
  });

  it('hands a selection out again, of its own messages only', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps, { rewindSeconds: WEEK_SECONDS });
    const risk = await orders.subscribe('risk', { filter: { tags: ['a'] } });
    const startMs = deps.clock.now();
    await orders.publish(entry('one', { tags: ['a'], attributes: { kind: 'x' } }), entry('two', { tags: ['b'], attributes: { kind: 'x' } }), tagged('three', 'a'));
    await consume(risk);
    deps.clock.advance(1000);
    await rewindQueue(deps, { name: 'orders/risk', from: { atMs: epochMs(startMs) }, filter: { attributes: { kind: 'x' } } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(risk)).toEqual(['one']);
  });

  it('is purged by itself, delayed publications included', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const [risk, audit] = [await orders.subscribe('risk'), await orders.subscribe('audit')];
    await orders.publish('ready', entry('delayed', { delaySeconds: 60 }));
    await purgeQueue(deps, { name: 'orders/risk' });
    deps.clock.advance(EFFECTIVE_MS);
    await orders.publish('after');
    deps.clock.advance(60_000);
    expect(await consume(risk)).toEqual(['after']);
    expect(await consume(audit)).toEqual(['after', 'delayed', 'ready']);
  });

  it('moves what was received too often to its dead-letter queue', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const dead = await newQueue(deps, {}, 'dead');
    const risk = await orders.subscribe('risk', { settings: { visibilityTimeoutSeconds: 1, deadLetter: { queue: 'dead', maxReceiveCount: 1 } } });
    await orders.publish('poison');
    await risk.receive();
    for (let look = 0; look < 3; look += 1) {
      deps.clock.advance(2000);
      expect(await risk.receive()).toEqual([]);
    }
    const [letter] = await dead.receive();
    expect(letter?.origin).toMatchObject({ queue: 'orders/risk', receiveCount: 1 });
  });

  it('goes on after a day away where it was', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const risk = await orders.subscribe('risk');
    await orders.publish('one');
    await consume(risk);
    await orders.publish('two');
    deps.clock.advance(24 * HOUR_MS);
    await orders.publish('three');
    expect(await consume(risk)).toEqual(['three', 'two']);
  });
});

it('is made once: the same again is a success, with other settings a conflict', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  await orders.subscribe('risk', { filter: { tags: ['a'] } });
  const again = (tags: readonly string[]) => createSubscription(deps, { topic: 'orders', name: 'risk', settings: {}, filter: { tags } });
  expect(await again(['a'])).toMatchObject({ created: false });
  expect(await refusalOf(again(['b']))).toBe('subscriptionExistsWithOtherSettings');
});
