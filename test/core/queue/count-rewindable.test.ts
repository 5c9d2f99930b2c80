import { expect, it } from 'vitest';
import { describeQueue } from '../../../lib/core/queue/describe-queue.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, HOUR_MS, rewindable, rewindTo, WEEK_SECONDS } from '../rewind-calls.ts';

it('counts what was deleted, cancelled or dead-lettered, and nothing that is still to be delivered', async () => {
  const deps = memoryDeps();
  await newQueue(deps, {}, 'dead');
  const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 1, deadLetter: { queue: 'dead', maxReceiveCount: 1 } });
  await orders.send('failed');
  await orders.receive();
  deps.clock.advance(3000);
  await orders.receive();
  expect(await orders.counts()).toMatchObject({ ready: 0, rewindable: 1 });
  const [, cancelled] = await orders.send(...entries(10), entry('cancelled', { delaySeconds: 600 })).then((ids) => [ids[0], ids[10]]);
  await orders.send(...entries(5, { delaySeconds: 600 }));
  await orders.delete([{ messageId: cancelled! }]);
  expect(await orders.counts()).toMatchObject({ ready: 10, delayed: 5, rewindable: 2 });
  const received = await orders.receive(6, { visibilityTimeoutSeconds: 60 });
  expect(await orders.counts()).toMatchObject({ ready: 4, inFlight: 6, rewindable: 2 });
  await orders.delete(received.slice(0, 4));
  expect(await orders.counts()).toMatchObject({ ready: 4, inFlight: 2, delayed: 5, rewindable: 6 });
});

it('goes back as far as the rewind period, and is nothing where there is none', async () => {
  const deps = memoryDeps();
  const off = await newQueue(deps, {}, 'off');
  const orders = await newQueue(deps, { rewindSeconds: 3600 });
  for (const queue of [off, orders]) { await queue.send('a', 'b'); await consume(queue); }
  deps.clock.advance(HOUR_MS / 2);
  await orders.send('c', 'not received');
  await orders.delete(await orders.receive(1));
  expect([(await off.counts()).rewindable, (await orders.counts()).rewindable]).toEqual([0, 3]);
  deps.clock.advance(HOUR_MS / 2 + 1);
  expect((await orders.counts()).rewindable).toBe(1);
  deps.clock.advance(HOUR_MS / 2);
  expect(await orders.counts()).toMatchObject({ ready: 1, rewindable: 0 });
});

it('counts what a purge took, and not what a rewind hands out again', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  await orders.send('below');
  await consume(orders);
  deps.clock.advance(1000);
  const startMs = deps.clock.now();
  await orders.send(...entries(8), ...entries(4, { delaySeconds: 60 }));
  await purgeQueue(deps, { name: 'orders' });
  deps.clock.advance(EFFECTIVE_MS);
  expect(await orders.counts()).toMatchObject({ ready: 0, delayed: 0, rewindable: 13 });
  await rewindTo(deps, startMs);
  deps.clock.advance(EFFECTIVE_MS);
  expect((await orders.counts()).rewindable).toBe(1);
  expect((await consume(orders)).length).toBe(8);
  expect((await orders.counts()).rewindable).toBe(9);
});

it('costs a search per shard, whatever the history, and nothing for whoever does without', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  for (let sends = 0; sends < 1000; sends += 1) { deps.clock.advance(1000); await orders.send(...entries(3)); }
  await consume(orders);
  expect((await orders.counts()).rewindable).toBe(3000);
  expect((await costOf(deps, () => orders.counts())).requests).toBeLessThanOrEqual(40);
  expect((await costOf(deps, () => describeQueue(deps, { name: 'orders', skipsRewindable: true }))).requests).toBeLessThanOrEqual(8);
});
