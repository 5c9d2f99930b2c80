import { expect, it } from 'vitest';
import { peekMessages } from '../../../lib/core/queue/peek-messages.ts';
import { changeSubscription } from '../../../lib/core/topic/change-subscription.ts';
import type { SubscriptionFilter } from '../../../lib/core/subscription-filter.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { withTable } from '../inside.ts';
import { entry, textsOf } from '../queue-calls.ts';
import { EFFECTIVE_MS } from '../rewind-calls.ts';
import { newTopic, subscriptionCalls } from '../topic-calls.ts';

const tagged = (text: string, tag: string) => entry(text, { tags: [tag] });

const change = (deps: MemoryDeps, filter: SubscriptionFilter) => changeSubscription(deps, { topic: 'orders', name: 'risk', changes: { filter } });

const peek = async (deps: MemoryDeps) => textsOf((await peekMessages(deps, { name: 'orders/risk', state: 'ready', limit: 10 })).messages);

/** A process that stands still once, before a query of such a partition, while the others go on. */
function standingStill(deps: MemoryDeps, pk: RegExp, meanwhile: () => Promise<unknown>): MemoryDeps {
  let isOver = false;
  return withTable(deps.world, (table): Partial<ItemTable> => ({
    async query(range) {
      if (!isOver && pk.test(range.pk)) {
        isOver = true;
        await meanwhile();
      }
      return table.query(range);
    },
  }));
}

it.each<{ readonly before: SubscriptionFilter }>([{ before: {} }, { before: { tags: ['a', 'b'] } }])(
  'hands out nothing by a filter that was changed while the consumer stood still: before it $before', async ({ before }) => {
    const deps = memoryDeps();
    const orders = await newTopic(deps);
    const risk = await orders.subscribe('risk', { filter: before });
    const slow = standingStill(deps, /^l\//, async () => {
      await change(deps, { tags: ['b'] });
      deps.clock.advance(EFFECTIVE_MS);
      await orders.publish(tagged('a', 'a'), tagged('b', 'b'));
    });
    expect(textsOf(await subscriptionCalls(slow, 'risk').receive())).not.toContain('a');
    expect(textsOf(await risk.receiveAll())).toEqual(['b']);
  },
);

it('shows nothing by a filter that was changed while it was looked', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  await orders.subscribe('risk', { filter: { tags: ['a', 'b'] } });
  const slow = standingStill(deps, /^q\/[^.]*$/, async () => {
    await change(deps, { tags: ['b'] });
    deps.clock.advance(EFFECTIVE_MS);
    await orders.publish(tagged('a', 'a'), tagged('b', 'b'));
  });
  expect(await peek(slow)).toEqual([]);
  expect(await peek(deps)).toEqual(['b']);
});
