import { expect, it } from 'vitest';
import { memoryDeps } from '../../support/memory-deps.ts';
import { expiringWorld, gate } from '../cruel-worlds.ts';
import { insideOf, withTable } from '../inside.ts';
import { costOf, newQueue, queueCalls, textsOf, throughOther } from '../queue-calls.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

it('the lease that ends a chain does not vanish under a frozen consumer, so that nobody begins the chain anew', async () => {
  const { world, expire } = expiringWorld();
  const deps = memoryDeps({ world });
  const orders = await newQueue(deps, { retentionSeconds: 3600 });
  await orders.send('first');
  await orders.delete(await orders.receive());
  for (let sends = 0; sends < 5; sends += 1) {
    world.clock.advance(5 * HOUR_MS - 2 * MINUTE_MS);
    await throughOther(deps).send(`${sends}`);
  }
  const [frozen, thawed] = [gate(), gate()];
  const freezing = withTable(world, (inner) => ({
    put: async (item, condition) => {
      const isLease = item.pk.startsWith('c/');
      if (isLease) frozen.open();
      if (isLease) await thawed.opened;
      return inner.put(item, condition);
    },
  }));
  const slow = queueCalls(freezing).receive(10, { visibilityTimeoutSeconds: 43_200 });
  await frozen.opened;
  world.clock.advance(11 * MINUTE_MS);
  await expire('c/');
  await expire('l/');
  const quick: string[] = [];
  for (let looks = 0; looks < 3; looks += 1) quick.push(...textsOf(await throughOther(deps).receive()));
  thawed.open();
  expect([...quick, ...textsOf(await slow)]).toEqual(['4']);
});

it('a lease over what expired long ago stays until it was seen', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps, { retentionSeconds: 60 });
  await orders.send('expired');
  deps.clock.advance(48 * HOUR_MS);
  expect(await orders.receive()).toEqual([]);
  const [lease] = await (await insideOf(deps)).leases();
  expect(lease?.removableAtMs).toBeGreaterThan(deps.clock.now() + 12 * HOUR_MS);
});

it('behind expired messages a look reads longer and longer steps, not all there is', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps, { retentionSeconds: 60 });
  for (let sends = 0; sends < 3000; sends += 1) await orders.send(`${sends}${'x'.repeat(900)}`);
  deps.clock.advance(120_000);
  const other = throughOther(deps);
  expect((await costOf(deps, () => other.receive())).readUnits).toBeLessThan(30);
});
