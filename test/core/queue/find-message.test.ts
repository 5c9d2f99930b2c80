import { expect, it } from 'vitest';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue, refusalOf, throughOther } from '../queue-calls.ts';

it('follows a message through its life', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const [messageId] = await orders.send(entry('a', { delaySeconds: 10, attributes: { x: 'y' }, tags: ['t'] }));
  const sentAtMs = deps.clock.now();
  const find = () => findMessage(deps, { name: 'orders', messageId: messageId! });

  const content = { messageId, body: { kind: 'text', text: 'a' }, attributes: { x: 'y' }, tags: ['t'], enqueuedAtMs: sentAtMs };
  expect(await find()).toMatchObject({ ...content, state: 'delayed', visibleAtMs: sentAtMs + 10_000, receiveCount: 0 });
  deps.clock.advance(10_000);
  expect(await find()).toMatchObject({ state: 'ready', visibleAtMs: sentAtMs + 10_000, receiveCount: 0 });
  const received = await orders.receive();
  expect(await find()).toMatchObject({ state: 'inFlight', visibleAtMs: sentAtMs + 40_000, receiveCount: 1, firstReceivedAtMs: sentAtMs + 10_000 });
  deps.clock.advance(30_000);
  expect(await find()).toMatchObject({ state: 'ready', receiveCount: 1 });
  await orders.delete(received);
  expect(await find()).toMatchObject({ ...content, state: 'deleted' });
});

it('sees a message that was never delayed, before and after its neighbours are received', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const ids = await orders.send(...entries(3));
  await orders.receive(1);
  const states = await Promise.all(ids.map(async (messageId) => (await findMessage(deps, { name: 'orders', messageId })).state));
  expect(states).toEqual(['inFlight', 'ready', 'ready']);
});

it('sees it expire', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps, { retentionSeconds: 60 });
  const [messageId] = await orders.send('a');
  deps.clock.advance(59_999);
  expect((await findMessage(deps, { name: 'orders', messageId: messageId! })).state).toBe('ready');
  deps.clock.advance(1);
  expect((await findMessage(deps, { name: 'orders', messageId: messageId! })).state).toBe('expired');
});

it('changes nothing, and costs a few reads whatever the backlog', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 20; sends += 1) await orders.send(...entries(100));
  const [messageId] = await orders.send('a');
  const cost = await costOf(deps, () => findMessage(deps, { name: 'orders', messageId: messageId! }));
  expect(cost).toMatchObject({ writeUnits: 0 });
  expect(cost.requests).toBeLessThanOrEqual(4);
});

it.each(['', 'nonsense', 'abc-0', 'abc-zzzzzzzzzzz'])('knows no message %j', async (messageId) => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a');
  expect(await refusalOf(findMessage(deps, { name: 'orders', messageId }))).toBe('messageNotFound');
});

it('knows no message behind the end, nor of another queue', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const others = await newQueue(deps, {}, 'others');
  const [last] = await orders.send('a');
  const [foreign] = await others.send('a');
  expect(await refusalOf(findMessage(deps, { name: 'orders', messageId: last!.replace(/0$/, '1') }))).toBe('messageNotFound');
  expect(await refusalOf(findMessage(deps, { name: 'orders', messageId: foreign! }))).toBe('messageNotFound');
  expect(await refusalOf(findMessage(deps, { name: 'nowhere', messageId: last! }))).toBe('queueNotFound');
});

it('shows the same through any process', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const [messageId] = await orders.send('a');
  await throughOther(deps).receive();
  expect((await findMessage(deps, { name: 'orders', messageId: messageId! })).state).toBe('inFlight');
});
