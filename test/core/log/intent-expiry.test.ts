import { expect, it } from 'vitest';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { DAY_MS } from '../../../lib/core/timing.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { expiringWorld } from '../cruel-worlds.ts';
import { withTable } from '../inside.ts';
import { entry, newQueue, outcomesOf, textsOf, throughOther } from '../queue-calls.ts';

const HOUR_MS = 3_600_000;

it('a repeat within the day is not put above the seal of a shard that TTL has emptied', async () => {
  const { world, expire } = expiringWorld();
  const deps = memoryDeps({ world });
  const orders = await newQueue(deps, { retentionSeconds: 60 });
  await orders.send('old');
  await orders.receive();
  world.clock.advance(11 * HOUR_MS);
  const request = { name: 'orders', entries: [entry('precious')], idempotencyKey: 'key' };
  const dying = withTable(world, (inner) => ({
    put: async (item, condition) => {
      if (item.pk.startsWith('l/')) throw new Error('died between note and segment');
      return inner.put(item, condition);
    },
  }));
  await expect(sendMessages(dying, request)).rejects.toThrow('died');

  world.clock.advance(14 * HOUR_MS);
  await expire('l/');
  await expire('c/');
  await throughOther(deps).send('makes another shard: this one is silent and empty');
  world.clock.advance(5 * HOUR_MS);
  expect(outcomesOf(await sendMessages(memoryDeps({ world }), request))).toEqual(['sent']);
  const got: string[] = [];
  const other = throughOther(deps);
  for (let looks = 0; looks < 5; looks += 1) {
    got.push(...textsOf(await other.receive()));
    world.clock.advance(1500);
  }
  expect(got).toContain('precious');
});

it('a day later the same key is another send, also where TTL has not removed the note yet', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const request = { name: 'orders', entries: [entry('daily report')], idempotencyKey: 'daily' };
  await sendMessages(deps, request);
  await orders.delete(await orders.receive());
  deps.clock.advance(DAY_MS);
  expect(outcomesOf(await sendMessages(deps, request))).toEqual(['sent']);
  expect(textsOf(await orders.receive())).toEqual(['daily report']);
});

it('a day later the same key may come with other messages', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  await sendMessages(deps, { name: 'orders', entries: [entry('monday')], idempotencyKey: 'daily' });
  deps.clock.advance(DAY_MS);
  const tuesday = { name: 'orders', entries: [entry('tuesday')], idempotencyKey: 'daily' };
  expect(outcomesOf(await sendMessages(deps, tuesday))).toEqual(['sent']);
});
