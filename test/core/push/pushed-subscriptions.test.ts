import { expect, it } from 'vitest';
import { findPushSubscription } from '../../../lib/core/push/find-push-subscription.ts';
import { wakePushes } from '../../../lib/core/push/pushed-subscriptions.ts';
import type { PushRequest } from '../../../lib/core/push/push-settings.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { changeSubscription } from '../../../lib/core/topic/change-subscription.ts';
import { deleteSubscription } from '../../../lib/core/topic/delete-subscription.ts';
import { deleteTopic } from '../../../lib/core/topic/delete-topic.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { newQueue, refusalOf } from '../queue-calls.ts';
import { EFFECTIVE_MS } from '../rewind-calls.ts';
import { newTopic, subscriptionCalls, topicCalls } from '../topic-calls.ts';

const toQueue: PushRequest = { delivery: { kind: 'queue', queue: 'copies' } };
const toHttp = (url: string, more: Partial<PushRequest> = {}): PushRequest => ({ delivery: { kind: 'http', url, format: 'json' }, ...more });

/** A process that finds every endpoint. */
const online = (deps: MemoryDeps): MemoryDeps => ({ ...deps, pushEndpoint: { ...deps.pushEndpoint, check: async () => ({ kind: 'reachable' }) } });

async function world() {
  const deps = online(memoryDeps());
  await newQueue(deps, {}, 'copies');
  const orders = await newTopic(deps, { rewindSeconds: 3600 });
  const { incarnation: topic } = (await deps.queues.readName('topic', 'orders'))!;
  const incarnationOf = async (name: string) => (await deps.queues.readName(topic, name))!.incarnation;
  const marks = async () => {
    const { definition: { shards: [shard] } } = (await deps.queues.readView(topic, { consistent: true }))!;
    const segments = await deps.log.listSegments({ log: topic, shard: shard!.id, from: 0, limit: 100, consistent: true });
    return segments.map(({ isPushed = false }) => isPushed);
  };
  return { deps, orders, topic, incarnationOf, marks };
}

it('marks what is published while a subscription of the topic is pushed, and tells of it', async () => {
  const { deps, orders, topic, marks } = await world();
  await orders.publish('before');
  await orders.subscribe('one', { push: toQueue });
  await orders.subscribe('two', { push: toQueue });
  await orders.publish('pushed');
  await deleteSubscription(deps, { topic: 'orders', name: 'one' });
  await orders.publish('pushed still');
  await changeSubscription(deps, { topic: 'orders', name: 'two', changes: { push: null } });
  await orders.publish('after');
  expect(await marks()).toEqual([false, true, true, false]);
  expect(deps.published).toEqual([topic, topic]);
});

it('wakes each pushed subscription of the topic, and no other', async () => {
  const { deps, orders, topic, incarnationOf } = await world();
  await orders.subscribe('pulled');
  for (const name of ['one', 'two']) await orders.subscribe(name, { push: toQueue });
  deps.kicked.length = 0;
  await wakePushes(deps, topic);
  const pushed = [await incarnationOf('one'), await incarnationOf('two')];
  expect(deps.kicked.map(({ kind, incarnation }) => `${kind} ${incarnation}`).toSorted()).toEqual(pushed.map((one) => `push ${one}`).toSorted());
});

it('is woken however two creations of one name meet', async () => {
  const { deps, orders, topic, incarnationOf } = await world();
  const other = online(memoryDeps({ world: deps.world }));
  await Promise.all([orders.subscribe('one', { push: toQueue }), topicCalls(other).subscribe('one', { push: toQueue })]);
  deps.kicked.length = 0;
  await wakePushes(deps, topic);
  expect(deps.kicked.map(({ incarnation }) => incarnation)).toEqual([await incarnationOf('one')]);
});

it('is woken by its own creation, a rewind and a purge', async () => {
  const { deps, orders } = await world();
  await orders.publish('old');
  await orders.subscribe('one', { push: toQueue, from: { atMs: epochMs(deps.clock.now()) } });
  expect(deps.kicked).toHaveLength(1);
  deps.clock.advance(1000);
  await rewindQueue(deps, { name: 'orders/one', from: { atMs: epochMs(deps.clock.now() - 1000) } });
  expect(deps.kicked).toHaveLength(2);
  deps.clock.advance(EFFECTIVE_MS);
  await purgeQueue(deps, { name: 'orders/one' });
  expect(deps.kicked).toHaveLength(3);
});

it('is not made for a function where there are none', async () => {
  const { deps, orders } = await world();
  const here = { ...deps, functions: { ...deps.functions, areThere: false } };
  const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:orders';
  expect(await refusalOf(topicCalls(here).subscribe('one', { push: { delivery: { kind: 'lambda', functionArn } } }))).toBe('notSupportedYet');
  expect(await refusalOf(orders.subscribe('one', { push: { delivery: { kind: 'lambda', functionArn } } }))).toBe('not refused');
});

it('lets nobody else receive from it', async () => {
  const { deps, orders } = await world();
  await orders.subscribe('one', { push: toQueue });
  expect(await refusalOf(subscriptionCalls(deps, 'one').receive())).toBe('subscriptionIsPushed');
});

it('leaves nothing behind when its topic is deleted', async () => {
  const { deps, orders, topic } = await world();
  await orders.subscribe('one', { push: toQueue });
  await deleteTopic(deps, { name: 'orders' });
  expect(await deps.queues.listNames({ registry: `${topic}.push`, prefix: '', limit: 10 })).toEqual([]);
});

it('gets a secret that it keeps, and asks a new endpoint first', async () => {
  const { deps, orders, incarnationOf } = await world();
  await orders.subscribe('one', { push: toHttp('https://a.example/') });
  const incarnation = await incarnationOf('one');
  const found = async () => (await findPushSubscription(deps, incarnation, 0))!;
  const before = await found();
  expect(before).toMatchObject({ confirmation: 'pending', delivery: { secret: expect.stringMatching(/^whsec_/) } });
  await before.confirm();
  expect(await found()).toMatchObject({ confirmation: 'confirmed' });
  const change = (push: Partial<PushRequest>) => changeSubscription(deps, { topic: 'orders', name: 'one', changes: { push } });
  await change({ retry: { kind: 'backoff' } });
  expect(await found()).toMatchObject({ confirmation: 'confirmed', retry: { kind: 'backoff' }, delivery: before.delivery });
  await change(toHttp('https://b.example/'));
  expect(await found()).toMatchObject({ confirmation: 'pending', delivery: { ...before.delivery, url: 'https://b.example/' } });
  await before.giveUpConfirmation();
  expect(await found()).toMatchObject({ confirmation: 'pending' });
  await change(toHttp('https://b.example/', { skipsConfirmation: true }));
  expect(await found()).toMatchObject({ confirmation: 'confirmed' });
});
