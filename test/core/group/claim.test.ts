import { describe, expect, it } from 'vitest';
import { claimFrom, lookInto } from '../../../lib/core/group/claim.ts';
import { readerMemory, shardReader } from '../../../lib/core/group/reader-memory.ts';
import { UNRECEIVED } from '../../../lib/core/ports/lease-table.ts';
import type { Item } from '../../../lib/storage/items/item-table.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf, withTable } from '../inside.ts';
import { costOf, entries, newQueue, queueCalls, textOf, textsOf, throughOther } from '../queue-calls.ts';

/** Claim as a consumer does that chooses among the messages. */
async function claim(deps: MemoryDeps, capacity: number, wanted?: (text: string) => boolean) {
  const inside = await insideOf(deps);
  const reader = shardReader(readerMemory(), await inside.shard());
  const pull = await inside.pull(wanted ? { select: (message) => wanted(textOf(message)) } : {});
  return claimFrom(deps, pull, reader, await lookInto(deps, pull, reader, capacity), capacity);
}

it('leases from the end of the chain on, without gaps, also in the middle of a segment', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 4; sends += 1) await orders.send(...entries(3));
  for (const capacity of [1, 1, 4, 2, 10]) await claim(deps, capacity);
  const leases = await (await insideOf(deps)).leases();
  let end = 0;
  for (const lease of leases) {
    expect(lease.first).toBe(end);
    ({ end } = lease);
  }
  expect(end).toBe(leases.reduce((sum, { holds }) => sum + holds.reduce((held, hold) => held + (hold.held.kind === 'set' ? hold.held.positions.length : 0), 0), 0));
});

it('is refused by another consumer at the same place, learns where the end is, and goes on behind it', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 10; sends += 1) await orders.send(`${sends}`);
  const consumers = [orders, throughOther(deps), throughOther(deps)];
  const won = (await Promise.all(consumers.map((consumer) => consumer.receive(2)))).flat();
  expect(new Set(textsOf(won)).size).toBe(won.length);
  expect(won.length).toBeGreaterThanOrEqual(2);
});

it('finds the end by one look when it is many leases behind', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const behind = throughOther(deps);
  await orders.send('0');
  await behind.receive();
  for (let sends = 1; sends < 30; sends += 1) {
    await orders.send(`${sends}`);
    await orders.receive();
  }
  deps.clock.advance(1001);
  await orders.send('new');
  const cost = await costOf(deps, async () => { expect(textsOf(await behind.receive(1))).toEqual(['new']); });
  expect(cost.writeUnits).toBe(2);
});

it('passes over what a selection does not want, and leaves it to everybody at once', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(...entries(5));
  const claimed = await claim(deps, 10, (text) => text === 'm1' || text === 'm3');
  expect(claimed.deliverables.map(({ position }) => position)).toEqual([1, 3]);
  const [lease] = await (await insideOf(deps)).leases();
  expect(lease!.holds.find(({ leaseId }) => leaseId === UNRECEIVED)).toMatchObject({ held: { kind: 'set', positions: [0, 2, 4] }, receiveCount: 0 });
  const others = await orders.receive();
  expect(others.map((message) => [textOf(message), message.receiveCount])).toEqual([['m0', 1], ['m2', 1], ['m4', 1]]);
});

describe('a gap in what was read', () => {
  /** A process whose eventual reads miss one segment of the log. */
  const blindFor = (deps: MemoryDeps, isHidden: (item: Item) => boolean) => withTable(deps.world, (inner) => ({
    async query(range) {
      const items = await inner.query(range);
      return range.pk.startsWith('l/') && !range.consistent ? items.filter((item) => !isHidden(item)) : items;
    },
  }));

  it.each([0, 1, 2])('at segment %i is not leased over: nothing is lost', async (missing) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(`${sends}`);
    const hidden = (await deps.world.table.query({ pk: `l/${(await insideOf(deps)).incarnation}/${await (await insideOf(deps)).shard()}`, from: '', until: '~', limit: 10, consistent: true }))[missing]!;
    const half = queueCalls(blindFor(deps, ({ sk }) => sk === hidden.sk));
    const seen: string[] = [];
    for (let looks = 0; looks < 5; looks += 1) seen.push(...textsOf(await half.receive(10)));
    seen.push(...textsOf(await orders.receiveAll()));
    expect(seen.toSorted()).toEqual(['0', '1', '2']);
  });

  it('that is real has expired: the lease begins at the end of the chain and holds what is there', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(`${sends}`);
    const inside = await insideOf(deps);
    const pk = `l/${inside.incarnation}/${await inside.shard()}`;
    const items = await deps.world.table.query({ pk, from: '', until: '~', limit: 10, consistent: true });
    for (const { sk } of items.slice(0, 2)) await deps.world.table.remove({ pk, sk });
    expect(textsOf(await throughOther(deps).receive())).toEqual(['2']);
    expect((await inside.leases()).map(({ first, end }) => [first, end])).toEqual([[0, 3]]);
  });
});
