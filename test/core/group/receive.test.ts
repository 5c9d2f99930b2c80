import { expect, it } from 'vitest';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { withTable } from '../inside.ts';
import { newQueue, queueCalls, refusalOf, textsOf } from '../queue-calls.ts';

/** A consumer that stands still before it writes its claim, while something else happens. */
function slowConsumer({ world }: MemoryDeps, meanwhile: () => Promise<unknown>) {
  let isFirst = true;
  return queueCalls(withTable(world, (inner) => ({
    async put(item, condition) {
      const isNow = isFirst && item.pk.startsWith('c/');
      if (isNow) {
        isFirst = false;
        await meanwhile();
      }
      return inner.put(item, condition);
    },
  })));
}

it('answers nothing of a chain that a purge has left while it was claiming', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('old');
  const slow = slowConsumer(deps, async () => {
    await purgeQueue(deps, { name: 'orders' });
    deps.clock.advance(1001);
  });
  expect(await slow.receive()).toEqual([]);
  deps.clock.advance(100_000);
  expect(await orders.receive(1, { waitSeconds: 5 })).toEqual([]);
});

it('answers nothing of a queue that was deleted while it was claiming', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('old');
  const slow = slowConsumer(deps, async () => {
    await deleteQueue(memoryDeps({ world: deps.world }), { name: 'orders' });
    deps.clock.advance(1001);
  });
  expect(['not refused', 'queueNotFound']).toContain(await refusalOf(slow.receive().then((received) => expect(received).toEqual([]))));
});

it('answers no message whose time is up: it was frozen, and another may have it', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a');
  const frozen = queueCalls(withTable(deps.world, (inner) => ({
    async put(item, condition) {
      const write = await inner.put(item, condition);
      if (item.pk.startsWith('c/')) deps.clock.advance(31_000);
      return write;
    },
  })));
  const answered = frozen.receive();
  expect(await answered).toEqual([]);
  expect(textsOf(await orders.receive(1, { waitSeconds: 5 }))).toEqual(['a']);
});
