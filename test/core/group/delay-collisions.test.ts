import { expect, it } from 'vitest';
import { delayLane } from '../../../lib/core/queue/delay-lane.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { viewByName } from '../../../lib/core/queue/view.ts';
import { DAY_MS } from '../../../lib/core/timing.ts';
import { memoryDeps, type MemoryWorld } from '../../support/memory-deps.ts';
import { expiringWorld, gate } from '../cruel-worlds.ts';
import { withTable } from '../inside.ts';
import { entry, newQueue, outcomesOf, queueCalls, textsOf, throughOther } from '../queue-calls.ts';

const IN_A_MONTH = { delaySeconds: 30 * 86_400 };
const later = (idempotencyKey: string) => ({ name: 'orders', entries: [entry('later', { delaySeconds: 10 })], idempotencyKey });

/** Dies when it has noted the place, before it sets the alarm. */
const dyingAtAlarm = (world: MemoryWorld) => withTable(world, (inner) => ({
  put: async (item, condition) => {
    if (item.pk.startsWith('a/')) throw new Error('died before the alarm');
    return inner.put(item, condition);
  },
}));

it('a repeat sets the alarm also in a delay shard that its process has not heard of', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  const { world } = deps;
  const repeater = memoryDeps({ world });
  const { definition: { incarnation }, group } = await viewByName(repeater, 'orders', 60_000);
  await delayLane(deps, await viewByName(deps, 'orders', 0)).grow();
  const isKnown = (shard: string | undefined): boolean => group.delayShards.some(({ id }) => id === shard);
  const noted = async (key: string) => (await deps.jobs.readIntent(incarnation, `first ${key}`))?.shard;
  // Until the dice choose the new shard.
  let key = 'key';
  for (let tries = 0; tries < 12 && isKnown(await noted(key) ?? group.delayShards[0]?.id); tries += 1) {
    key = `key ${tries}`;
    await expect(sendMessages(dyingAtAlarm(world), later(key))).rejects.toThrow('died');
  }
  expect(isKnown(await noted(key))).toBe(false);

  expect(outcomesOf(await sendMessages(repeater, later(key)))).toEqual(['sent']);
  world.clock.advance(11_000);
  expect(textsOf(await throughOther(deps).receive(10, { waitSeconds: 20 }))).toEqual(['later']);
});

it('the alarm of a sender that was refused its place lasts as long as the messages that are there', async () => {
  const { world, expire } = expiringWorld();
  const deps = memoryDeps({ world });
  await newQueue(deps);
  const [atPlace, overAlarm, landed] = [gate(), gate(), gate()];
  const first = withTable(world, (inner) => ({
    put: async (item, condition) => {
      if (!item.pk.startsWith('l/')) return inner.put(item, condition);
      atPlace.open();
      await overAlarm.opened;
      const put = await inner.put(item, condition);
      landed.open();
      return put;
    },
  }));
  const second = withTable(world, (inner) => ({
    put: async (item, condition) => {
      if (item.pk.startsWith('l/')) await landed.opened;
      const put = await inner.put(item, condition);
      if (item.pk.startsWith('a/')) overAlarm.open();
      return put;
    },
  }));
  const sent = queueCalls(first).send(entry('soon', { delaySeconds: 10 }), entry('in a month', IN_A_MONTH));
  await atPlace.opened;
  await Promise.all([sent, queueCalls(second).send(entry('other', { delaySeconds: 10 }))]);

  for (let days = 0; days < 31; days += 1) {
    world.clock.advance(DAY_MS);
    await expire('a/');
  }
  expect(textsOf(await throughOther(deps).receive(10, { waitSeconds: 5 }))).toContain('in a month');
});
