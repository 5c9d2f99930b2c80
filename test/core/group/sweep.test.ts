import { expect, it } from 'vitest';
import { memoryDeps, memoryWorld } from '../../support/memory-deps.ts';
import { insideOf, withTable } from '../inside.ts';
import { costOf, newQueue, SKEW_MS, textsOf, throughOther } from '../queue-calls.ts';

it.each([[30, 30_000], [600, 60_000]])('looks at a lease of %i s once, after %i ms and the margin', async (visibilityTimeoutSeconds, ageMs) => {
  for (const [waitedMs, alarms] of [[ageMs + SKEW_MS - 1, 0], [ageMs + SKEW_MS, 1]] as const) {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { visibilityTimeoutSeconds });
    await orders.send('a');
    await orders.receive();
    deps.clock.advance(waitedMs);
    await orders.receive();
    expect((await (await insideOf(deps)).alarms()).length).toBe(alarms);
  }
});

it('passes what is settled without an alarm, and remembers how far it has come', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 5; sends += 1) {
    await orders.send('a');
    await orders.delete(await orders.receive());
  }
  deps.clock.advance(31_000);
  await orders.receive();
  const inside = await insideOf(deps);
  expect(await inside.alarms()).toEqual([]);
  expect(await inside.low()).toBe(5);
});

it('begins in another process where this one stopped', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 50; sends += 1) {
    await orders.send('a');
    await orders.delete(await orders.receive());
  }
  deps.clock.advance(31_000);
  for (let sweeps = 0; sweeps < 10; sweeps += 1) {
    await orders.receive();
    deps.clock.advance(6000);
  }
  expect(await (await insideOf(deps)).low()).toBe(50);
  const other = throughOther(deps);
  await other.receive();
  deps.clock.advance(2000);
  expect((await costOf(deps, () => other.receive())).readUnits).toBeLessThanOrEqual(2);
});

it('stops at the first lease that is too young, and goes on from there', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a');
  await orders.receive();
  deps.clock.advance(20_000);
  await orders.send('b');
  await orders.receive();
  deps.clock.advance(10_000 + SKEW_MS);
  expect((await orders.receive()).length).toBe(1);
  deps.clock.advance(20_000);
  expect((await orders.receive()).length).toBe(1);
});

it.each([0, 1])('passes no lease that an eventual read does not show while it shows later ones: number %i', async (missing) => {
  const hidden = new Set<string>();
  const deps = withTable(memoryWorld(), (inner) => ({
    query: async (range) => (await inner.query(range)).filter(({ sk }) => range.consistent || !hidden.has(sk)),
  }));
  const orders = await newQueue(deps);
  for (const text of ['a', 'b', 'c']) {
    await orders.send(text);
    await orders.receive();
  }
  const inside = await insideOf(deps);
  const leases = await deps.world.table.query({
    pk: `c/${(await inside.chain()).id}/${await inside.shard()}`, from: 'C', until: 'C~', limit: 10, consistent: true,
  });
  hidden.add(leases[missing]!.sk);
  deps.clock.advance(30_000 + SKEW_MS);
  const again = [...await orders.receiveAll()];
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    deps.clock.advance(2000);
    again.push(...await orders.receiveAll());
  }
  expect(textsOf(again).toSorted()).toEqual(['a', 'b', 'c']);
});

it('of two processes at once does no harm', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 20; sends += 1) await orders.send(`${sends}`);
  await orders.receiveAll();
  deps.clock.advance(30_000 + SKEW_MS);
  const consumers = [throughOther(deps), throughOther(deps), throughOther(deps)];
  const won = (await Promise.all(consumers.map((consumer) => consumer.receive(20, { waitSeconds: 5 })))).flat();
  for (let looks = 0; looks < 3; looks += 1) won.push(...await orders.receive(20, { waitSeconds: 2 }));
  expect(new Set(won.map(({ messageId }) => messageId)).size).toBe(20);
  expect(won.length).toBe(20);
});

it('keeps up with thousands of leases of one message', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 3000; sends += 1) {
    await orders.send('a');
    await orders.delete(await orders.receive());
  }
  deps.clock.advance(31_000);
  for (let sweeps = 0; sweeps < 12; sweeps += 1) {
    await orders.receive();
    deps.clock.advance(6000);
  }
  expect(await (await insideOf(deps)).low()).toBe(3000);
});
