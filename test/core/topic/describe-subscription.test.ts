import { expect, it } from 'vitest';
import { describeSubscription } from '../../../lib/core/topic/describe-subscription.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, refusalOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

const tagged = (text: string, ...tags: readonly string[]) => entry(text, { tags });

it('counts what is the subscription\'s own, as an estimate where it has a filter', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const [paid, all] = [await orders.subscribe('paid', { filter: { tags: ['paid'] } }), await orders.subscribe('all')];
  for (let at = 0; at < 50; at += 1) await orders.publish(tagged(`m${at}`, at % 5 === 0 ? 'paid' : 'open'));
  await orders.publish(entry('later', { tags: ['paid'], delaySeconds: 60 }));
  const counts = async (name: string) => (await describeSubscription(deps, { topic: 'orders', name })).counts;
  expect(await counts('paid')).toMatchObject({ ready: 11, inFlight: 0, estimated: true });
  expect(await counts('all')).toMatchObject({ ready: 51, estimated: false });
  await paid.receiveAll();
  await all.receive(10);
  expect(await counts('paid')).toMatchObject({ ready: 0, inFlight: 10, delayed: 1 });
});

it('refuses what is not there', async () => {
  const deps = memoryDeps();
  expect(await refusalOf(describeSubscription(deps, { topic: 'orders', name: 'risk' }))).toBe('subscriptionNotFound');
});
