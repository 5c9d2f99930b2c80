import { expect, it } from 'vitest';
import { deleteTopic } from '../../../lib/core/topic/delete-topic.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { faultyDeps, refusalOf } from '../queue-calls.ts';
import { newTopic, subscriptionCalls, topicCalls } from '../topic-calls.ts';

it('deletes it with its subscriptions, also for a client that remembers them', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk');
  const other = memoryDeps({ world: deps.world });
  await topicCalls(other).publish('known there');
  await deleteTopic(deps, { name: 'orders' });
  expect(await refusalOf(risk.receive())).toBe('subscriptionNotFound');
  expect(await refusalOf(topicCalls(other).publish('too late'))).toBe('topicNotFound');
  expect(await refusalOf(deleteTopic(deps, { name: 'orders' }))).toBe('topicNotFound');
});

it('starts from nothing when it is made again', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  await orders.subscribe('risk');
  await orders.publish('old');
  await deleteTopic(deps, { name: 'orders' });
  await newTopic(deps);
  expect(await refusalOf(subscriptionCalls(deps, 'risk').receive())).toBe('subscriptionNotFound');
  const again = await orders.subscribe('risk');
  expect(await again.receiveAll()).toEqual([]);
});

it('leaves no record of a thousand subscriptions', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const names = Array.from({ length: 250 }, (_, at) => `s${at}`);
  for (const name of names) await orders.subscribe(name);
  const { incarnation } = (await deps.queues.readName('topic', 'orders'))!;
  await deleteTopic(deps, { name: 'orders' });
  expect(await deps.queues.listNames({ registry: incarnation, prefix: '', limit: 1000 })).toEqual([]);
  expect(await deps.queues.readName('topic', 'orders')).toBeUndefined();
});

it.each([0, 1, 2, 3, 4, 5, 6])('is finished by whoever deletes it again, when it died after %d removals', async (after) => {
  const { deps, table } = faultyDeps();
  const orders = await newTopic(deps);
  for (const name of ['risk', 'audit']) await orders.subscribe(name);
  const { incarnation } = (await deps.queues.readName('topic', 'orders'))!;
  table.fail({ fault: 'before', method: 'remove', pkPrefix: '', after });
  await expect(deleteTopic(deps, { name: 'orders' })).rejects.toThrow('injected');
  table.heal();
  await deleteTopic(memoryDeps({ world: deps.world }), { name: 'orders' });
  expect(await deps.queues.listNames({ registry: incarnation, prefix: '', limit: 10 })).toEqual([]);
  expect(await refusalOf(deleteTopic(deps, { name: 'orders' }))).toBe('topicNotFound');
});
