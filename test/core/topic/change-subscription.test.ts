import { expect, it } from 'vitest';
import { changeSubscription, type SubscriptionChanges } from '../../../lib/core/topic/change-subscription.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, refusalOf } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, HOUR_MS } from '../rewind-calls.ts';
import { newTopic } from '../topic-calls.ts';

const tagged = (text: string, ...tags: readonly string[]) => entry(text, { tags });

const changing = (deps: ReturnType<typeof memoryDeps>, changes: SubscriptionChanges) =>
  changeSubscription(deps, { topic: 'orders', name: 'risk', changes });

it('changes what it is told, and leaves the rest', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  await newQueue(deps, {}, 'dead');
  await orders.subscribe('risk', { settings: { visibilityTimeoutSeconds: 10, receiveWaitSeconds: 5 }, filter: { tags: ['a'] } });
  const deadLetter = { queue: 'dead', maxReceiveCount: 3 };
  expect(await changing(deps, { settings: { visibilityTimeoutSeconds: 20, deadLetter } })).toMatchObject({
    settings: { visibilityTimeoutSeconds: 20, receiveWaitSeconds: 5, deadLetter }, filter: { tags: ['a'] },
  });
  expect((await changing(deps, { settings: { deadLetter: null } })).settings).not.toHaveProperty('deadLetter');
});

it('refuses a filter that does not parse, and a subscription that is not there', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  expect(await refusalOf(changing(deps, {}))).toBe('subscriptionNotFound');
  await orders.subscribe('risk');
  expect(await refusalOf(changing(deps, { filter: { bindingKeys: ['a..b'] } }))).toBe('malformedRequest');
});

it('changes for what is published from then on: what was there before stays as it was', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk', { filter: { tags: ['a'] } });
  await orders.publish(tagged('old a', 'a'), tagged('old b', 'b'));
  await changing(deps, { filter: { tags: ['b'] } });
  deps.clock.advance(EFFECTIVE_MS);
  await orders.publish(tagged('new a', 'a'), tagged('new b', 'b'));
  expect(await consume(risk)).toEqual(['new b', 'old a']);
});

it('lets come what was published for much later under the filter of then, whenever that is looked at', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps, { retentionSeconds: 3600 });
  const risk = await orders.subscribe('risk', { filter: { tags: ['a'] } });
  await orders.publish(entry('in a day', { tags: ['a'], delaySeconds: 86_400 }), entry('not its own', { tags: ['b'], delaySeconds: 86_400 }));
  for (const tag of ['b', 'c']) {
    deps.clock.advance(2 * HOUR_MS);
    await changing(deps, { filter: { tags: [tag] } });
  }
  deps.clock.advance(20 * HOUR_MS);
  expect(await consume(risk)).toEqual(['in a day']);
});

it('is refused when it was changed too often to remember', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps, { retentionSeconds: 3600 });
  await orders.subscribe('risk');
  const change = (tag: string) => changing(deps, { filter: { tags: [tag] } });
  for (let at = 0; at < 19; at += 1) await change(`t${at}`);
  expect(await refusalOf(change('one more'))).toBe('tooManyFilterChanges');
  const both = changing(deps, { filter: { tags: ['one more'] }, settings: { visibilityTimeoutSeconds: 99 } });
  expect(await refusalOf(both)).toBe('tooManyFilterChanges');
  expect((await changing(deps, {})).settings.visibilityTimeoutSeconds).toBe(30);
  deps.clock.advance(2 * HOUR_MS);
  expect(await refusalOf(change('one more'))).toBe('not refused');
});

it('counts a change to what is in force already as none, in whatever order it is told', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  await orders.subscribe('risk', { filter: { tags: ['a', 'c'] } });
  for (let at = 0; at < 30; at += 1) await changing(deps, { filter: { tags: at % 2 === 0 ? ['c', 'a'] : ['a', 'c'] } });
  expect(await changing(deps, { filter: { tags: ['b'] } })).toMatchObject({ filter: { tags: ['b'] } });
});
