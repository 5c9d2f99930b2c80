import { expect, it } from 'vitest';
import { deleteSubscription } from '../../../lib/core/topic/delete-subscription.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { refusalOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

it('is gone when deleted, and begins anew when made again', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk');
  await orders.publish('one');
  await deleteSubscription(deps, { topic: 'orders', name: 'risk' });
  expect(await refusalOf(risk.receive())).toBe('subscriptionNotFound');
  deps.clock.advance(1000);
  await orders.subscribe('risk');
  expect(await risk.receive()).toEqual([]);
});
