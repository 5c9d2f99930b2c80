import { expect, it } from 'vitest';
import { describeQueue } from '../../../lib/core/queue/describe-queue.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue, refusalOf } from '../queue-calls.ts';

it('counts messages where they stand', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  expect(await orders.counts()).toEqual({
    ready: 0, inFlight: 0, delayed: 0, rewindable: 0, oldestMessageAgeSeconds: undefined, approximate: true, asOfMs: deps.clock.now(),
  });
  await orders.send(...entries(10), ...entries(4, { delaySeconds: 60 }));
  expect(await orders.counts()).toMatchObject({ ready: 10, inFlight: 0, delayed: 4 });
  const received = await orders.receive(7);
  expect(await orders.counts()).toMatchObject({ ready: 3, inFlight: 7, delayed: 4 });
  await orders.delete(received.slice(0, 2));
  expect(await orders.counts()).toMatchObject({ ready: 3, inFlight: 5, delayed: 4 });
  await orders.change(received.slice(2, 3), 0);
  expect(await orders.counts()).toMatchObject({ ready: 4, inFlight: 4, delayed: 4 });
  deps.clock.advance(30_000);
  expect(await orders.counts()).toMatchObject({ ready: 8, inFlight: 0, delayed: 4 });
  deps.clock.advance(30_000);
  expect(await orders.counts()).toMatchObject({ ready: 12, inFlight: 0, delayed: 0 });
});

it('counts what the sweep has passed by its alarms', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps, { visibilityTimeoutSeconds: 3600 });
  for (let sends = 0; sends < 5; sends += 1) await orders.send(...entries(10));
  await orders.receiveAll();
  deps.clock.advance(61_000);
  await orders.receive();
  deps.clock.advance(6000);
  await orders.receive();
  expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 50, delayed: 0 });
  deps.clock.advance(3_600_000);
  expect(await orders.counts()).toMatchObject({ ready: 50, inFlight: 0 });
});

it('says how old the oldest message is that is ready or in flight', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a');
  deps.clock.advance(10_000);
  await orders.send('b');
  expect((await orders.counts()).oldestMessageAgeSeconds).toBe(10);
  const received = await orders.receive(1);
  deps.clock.advance(5999);
  expect((await orders.counts()).oldestMessageAgeSeconds).toBe(15);
  await orders.delete(received);
  expect((await orders.counts()).oldestMessageAgeSeconds).toBe(5);
});

it('does not count delayed messages as old', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(entry('later', { delaySeconds: 100 }));
  deps.clock.advance(50_000);
  expect((await orders.counts()).oldestMessageAgeSeconds).toBeUndefined();
});

it('counts nothing of what a purge took', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(...entries(10), ...entries(5, { delaySeconds: 60 }));
  await orders.receive(3);
  await purgeQueue(deps, { name: 'orders' });
  expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 0, delayed: 0 });
  await orders.send('new');
  expect(await orders.counts()).toMatchObject({ ready: 1, inFlight: 0, delayed: 0 });
});

it('reads a bounded number of items, whatever the backlog and the number delayed', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 50; sends += 1) await orders.send(...entries(100), ...entries(100, { delaySeconds: 86_400 }));
  const cost = await costOf(deps, () => orders.counts());
  expect(await orders.counts()).toMatchObject({ ready: 5000, delayed: 5000 });
  expect(cost.requests).toBeLessThanOrEqual(10);
});

it('is refused for a queue that is not there', async () => {
  expect(await refusalOf(describeQueue(memoryDeps(), { name: 'orders' }))).toBe('queueNotFound');
});
