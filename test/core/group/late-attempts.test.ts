import { expect, it } from 'vitest';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { gate } from '../cruel-worlds.ts';
import { withTable } from '../inside.ts';
import { newQueue, queueCalls, SKEW_MS, textsOf, throughOther } from '../queue-calls.ts';

it('a settle that arrives again after others took the rest does not let a frozen take undo theirs', async () => {
  const deps = memoryDeps();
  const { world, clock } = deps;
  const orders = await newQueue(deps);
  await orders.send('5', '6', '7');
  const late: Array<() => ReturnType<ItemTable['update']>> = [];
  const repeating = withTable(world, (inner) => ({
    update: (key, change) => {
      if (key.pk.startsWith('c/')) late.push(() => inner.update(key, change));
      return inner.update(key, change);
    },
  }));
  expect(await queueCalls(repeating).delete((await orders.receive()).slice(0, 1))).toEqual(['deleted']);
  clock.advance(30_000 + SKEW_MS);

  const frozen = gate();
  const thawed = gate();
  const freezing = withTable(world, (inner) => ({
    put: async (item, condition) => {
      if (item.pk.startsWith('c/') && item.sk.startsWith('C')) {
        frozen.open();
        await thawed.opened;
      }
      return inner.put(item, condition);
    },
  }));
  const first = queueCalls(freezing).receive(10);
  await frozen.opened;
  const second = throughOther(deps);
  const six = await second.receive(1);
  expect(textsOf(six)).toEqual(['6']);
  expect(await second.delete(six)).toEqual(['deleted']);
  expect(late).toHaveLength(1);
  for (const arrive of late) await arrive();
  thawed.open();
  expect(textsOf(await first)).not.toContain('6');
});
