import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeVisibility } from '../../../lib/core/queue/change-visibility.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import type { Delivery } from '../../../lib/core/message.ts';
import { itemBytes } from '../../../lib/storage/items/item-size.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entries } from '../queue-calls.ts';

/** 1,000 positions in as many sets as there are receives alive take about this much. */
const LEASE_BYTES_MAX = 12 * 1024;

const round = fc.record({
  receives: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
  deletedEvery: fc.integer({ min: 5, max: 200 }),
  extendedEvery: fc.integer({ min: 5, max: 200 }),
});

it('a lease of 1,000 messages does not grow, however often and in whatever parts they are received again', async () => {
  await fc.assert(fc.asyncProperty(fc.array(round, { minLength: 10, maxLength: 25 }), async (rounds) => {
    const deps = memoryDeps();
    const { queue } = await createQueue(deps, { name: 'orders', settings: { visibilityTimeoutSeconds: 1 } });
    await sendMessages(deps, { name: 'orders', entries: entries(1000) });
    const chain = (await deps.queues.readView(queue.incarnation, { consistent: true }))!.group.chain.id;
    for (const { receives, deletedEvery, extendedEvery } of [{ receives: [1000], deletedEvery: 500, extendedEvery: 400 }, ...rounds]) {
      for (const maxMessages of receives) await use(await receiveMessages(deps, { name: 'orders', maxMessages }), deletedEvery, extendedEvery);
      deps.clock.advance(1500);
    }
    expect(await largestLease()).toBeLessThan(LEASE_BYTES_MAX);

    async function use(got: readonly Delivery[], deletedEvery: number, extendedEvery: number): Promise<void> {
      const gone = got.filter((_, at) => at % deletedEvery === deletedEvery - 1).map(({ receiptHandle }) => ({ receiptHandle }));
      const longer = got.filter((_, at) => at % extendedEvery === extendedEvery - 1);
      if (gone.length > 0) await deleteMessages(deps, { name: 'orders', entries: gone });
      const changes = longer.map(({ receiptHandle }) => ({ receiptHandle, visibilityTimeoutSeconds: 2 }));
      if (changes.length > 0) await changeVisibility(deps, { name: 'orders', entries: changes });
    }

    async function largestLease(): Promise<number> {
      const view = await deps.queues.readView(queue.incarnation, { consistent: true });
      const sizes = await Promise.all(view!.definition.shards.map(async ({ id }) => {
        const items = await deps.world.table.query({ pk: `c/${chain}/${id}`, from: 'C', until: 'C~', limit: 100, consistent: true });
        return items.map(itemBytes);
      }));
      return Math.max(...sizes.flat());
    }
  }), { numRuns: 20, seed: 3 });
}, 60_000);
