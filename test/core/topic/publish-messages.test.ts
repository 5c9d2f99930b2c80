import { expect, it } from 'vitest';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, refusalOf, textsOf } from '../queue-calls.ts';
import { consume } from '../rewind-calls.ts';
import { newTopic, subscriptionCalls, topicCalls } from '../topic-calls.ts';

const tagged = (text: string, ...tags: readonly string[]) => entry(text, { tags });

it('gives every subscription every message, each at its own pace', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const [risk, audit] = [await orders.subscribe('risk'), await orders.subscribe('audit')];
  await orders.publish('first', 'second');
  expect(await consume(risk)).toEqual(['first', 'second']);
  await orders.publish('third');
  expect(await consume(risk)).toEqual(['third']);
  expect(await consume(audit)).toEqual(['first', 'second', 'third']);
});

it('gives a message to one consumer of a subscription at a time, and again when its time is up', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk', { settings: { visibilityTimeoutSeconds: 10 } });
  await orders.publish('held');
  expect(textsOf(await risk.receive())).toEqual(['held']);
  expect(await subscriptionCalls(memoryDeps({ world: deps.world }), 'risk').receive()).toEqual([]);
  deps.clock.advance(10_200);
  expect((await risk.receive()).map(({ receiveCount }) => receiveCount)).toEqual([2]);
});

it('keeps the routing key', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk');
  await orders.publish(entry('keyed', { routingKey: 'eu.berlin.paid' }));
  expect((await risk.receive()).map(({ routingKey }) => routingKey)).toEqual(['eu.berlin.paid']);
});

it('costs the same with no subscription and with twenty', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  await orders.publish('warm');
  const alone = await costOf(deps, () => orders.publish('one'));
  for (const at of Array.from({ length: 20 }, (_, index) => index)) await orders.subscribe(`s${at}`);
  await orders.publish('warm');
  expect(await costOf(deps, () => orders.publish('one'))).toEqual(alone);
});

it('delivers a delayed publication to each when it is due, and not before', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const [risk, audit] = [await orders.subscribe('risk'), await orders.subscribe('audit', { filter: { tags: ['late'] } })];
  await orders.publish(tagged('now', 'soon'), entry('later', { tags: ['late'], delaySeconds: 3 }));
  expect(await consume(risk)).toEqual(['now']);
  expect(await consume(audit)).toEqual([]);
  deps.clock.advance(2999);
  expect(await consume(risk)).toEqual([]);
  deps.clock.advance(1);
  expect(await consume(risk)).toEqual(['later']);
  expect(await consume(audit)).toEqual(['later']);
});

it('gives what is due in any receive, also of one message, while the log has only what is not', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk');
  for (let at = 0; at < 20; at += 1) {
    await orders.publish(entry(`due ${at}`, { delaySeconds: 10 }));
    expect(await risk.receive(1)).toEqual([]);
  }
  for (let at = 0; at < 20; at += 1) {
    deps.clock.advance(10_000);
    await orders.publish(entry('much later', { delaySeconds: 86_400 }));
    expect(await risk.delete(await risk.receive(1))).toEqual(['deleted']);
  }
});

it('does not let a million delayed ones hold up a ready one', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk');
  await orders.publish(entry('opens the lane', { delaySeconds: 86_400 }));
  deps.clock.advance(10_000);
  for (let batch = 0; batch < 20; batch += 1) await orders.publish(...entries(1000, { delaySeconds: 86_400 }));
  await orders.publish('ready');
  const received = [...await risk.receive(), ...await risk.receive()];
  expect(textsOf(received)).toEqual(['ready']);
  deps.clock.advance(86_400_000);
  let consumed = 0;
  for (let looks = 0; looks < 30; looks += 1) {
    consumed += (await consume(risk)).length;
    deps.clock.advance(2000);
  }
  expect(consumed).toBe(20_002);
}, 60_000);

it('has a delayed publication in a shard of its own once every reader knows that shard', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const risk = await orders.subscribe('risk');
  for (const text of ['a', 'b', 'c']) {
    await orders.publish(entry(text, { delaySeconds: 60 }));
    deps.clock.advance(10_000);
  }
  deps.clock.advance(60_000);
  expect(await consume(risk)).toEqual(['a', 'b', 'c']);
});

it('refuses a topic that is not there, and is not found by a queue of its name', async () => {
  const deps = memoryDeps();
  expect(await refusalOf(topicCalls(deps).publish('lost'))).toBe('topicNotFound');
  const orders = await newTopic(deps);
  await orders.publish('kept');
  expect(await refusalOf(subscriptionCalls(deps, 'risk').receive())).toBe('subscriptionNotFound');
});
