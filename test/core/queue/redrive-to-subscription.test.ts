import { expect, it } from 'vitest';
import { epochMs } from '../../../lib/core/time.ts';
import { changeSubscription } from '../../../lib/core/topic/change-subscription.ts';
import { deleteSubscription } from '../../../lib/core/topic/delete-subscription.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, textsOf } from '../queue-calls.ts';
import { letDie, redrive } from '../redrive-calls.ts';
import { newTopic } from '../topic-calls.ts';

const deadLetter = { queue: 'dead', maxReceiveCount: 1 };

it('brings them back to that one alone, also past a filter that was changed since', async () => {
  const deps = memoryDeps();
  await newQueue(deps, {}, 'dead');
  const orders = await newTopic(deps);
  const [risk, audit] = [await orders.subscribe('risk', { settings: { deadLetter }, filter: { tags: ['a'] } }), await orders.subscribe('audit')];
  await orders.publish(entry('poison', { tags: ['a'], routingKey: 'eu.paid' }));
  await letDie(deps, risk);
  await audit.delete(await audit.receive());
  await changeSubscription(deps, { topic: 'orders', name: 'risk', changes: { filter: { tags: ['b'] } } });
  deps.clock.advance(3000);
  expect(await redrive(deps)).toMatchObject({ state: 'completed', moved: 1, skipped: 0 });
  expect((await risk.receive()).map(({ body, tags, routingKey, receiveCount }) => ({ body, tags, routingKey, receiveCount }))).toEqual([
    { body: { kind: 'text', text: 'poison' }, tags: ['a'], routingKey: 'eu.paid', receiveCount: 1 },
  ]);
  expect(await audit.receiveAll()).toEqual([]);
  expect((await audit.counts()).ready).toBeLessThanOrEqual(1);
});

it('is not for one that begins in history later', async () => {
  const deps = memoryDeps();
  await newQueue(deps, {}, 'dead');
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk', { settings: { deadLetter } });
  const startMs = deps.clock.now();
  await orders.publish('poison');
  await letDie(deps, risk);
  await redrive(deps);
  const late = await orders.subscribe('late', { from: { atMs: epochMs(startMs) } });
  expect(textsOf(await late.receiveAll())).toEqual(['poison']);
});

it('leaves them where they are when the subscription is gone', async () => {
  const deps = memoryDeps();
  await newQueue(deps, {}, 'dead');
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk', { settings: { deadLetter } });
  await orders.publish('poison');
  await letDie(deps, risk);
  await deleteSubscription(deps, { topic: 'orders', name: 'risk' });
  expect(await redrive(deps)).toMatchObject({ state: 'completed', moved: 0, skipped: 1 });
});
