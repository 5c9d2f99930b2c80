import { describe, expect, it } from 'vitest';
import { changeDefinition } from '../../../lib/core/queue/change-definition.ts';
import { newShard } from '../../../lib/core/queue/ready-lane.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf } from '../inside.ts';
import { costOf, newQueue, type QueueCalls, textsOf, throughOther } from '../queue-calls.ts';

/** A queue that a burst left with so many shards, a message in each. */
async function afterBurst(shardCount: number): Promise<{ readonly deps: MemoryDeps; readonly orders: QueueCalls; readonly sent: readonly string[] }> {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const inside = await insideOf(deps);
  await changeDefinition(deps, inside.incarnation, ({ shards }) =>
    ({ shards: [...shards, ...Array.from({ length: shardCount - 1 }, () => newShard(deps))] }));
  const sent: string[] = [];
  for (let tries = 0; tries < 200; tries += 1) {
    sent.push(`${tries}`);
    await throughOther(deps).send(`${tries}`);
  }
  const used = await Promise.all((await inside.view()).definition.shards.map(async ({ id }) => (await inside.segments(id)).length));
  expect(Math.min(...used)).toBeGreaterThan(0);
  return { deps, orders, sent };
}

const minutesOfPolling = async (deps: MemoryDeps, consumer: QueueCalls, minutes: number): Promise<readonly string[]> => {
  const seen: string[] = [];
  for (let polls = 0; polls < minutes * 30; polls += 1) {
    const received = await consumer.receive(10);
    seen.push(...textsOf(received));
    if (received.length > 0) await consumer.delete(received);
    deps.clock.advance(2000);
  }
  return seen;
};

it('delivers what lies in all shards of a burst, each once', async () => {
  const { orders, sent } = await afterBurst(8);
  expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(sent.toSorted());
});

it('makes a poll cost again what it costs on a new queue', async () => {
  const { deps, orders, sent } = await afterBurst(8);
  const seen = await minutesOfPolling(deps, orders, 5);
  expect(seen.toSorted()).toEqual(sent.toSorted());
  const { definition } = await (await insideOf(deps)).view();
  expect(definition.shards.length).toBe(1);
  await orders.receive();
  deps.clock.advance(100);
  expect(await costOf(deps, () => orders.receive())).toMatchObject({ writeUnits: 0, readUnits: 1 });
});

it('also for a process that comes later', async () => {
  const { deps, orders } = await afterBurst(4);
  await minutesOfPolling(deps, orders, 5);
  const later = throughOther(deps);
  await later.receive();
  deps.clock.advance(100);
  expect((await costOf(deps, () => later.receive())).readUnits).toBe(1);
});

it('keeps the first shard, and those in use', async () => {
  const { deps, orders } = await afterBurst(4);
  const first = (await (await insideOf(deps)).view()).definition.shards[0]!.id;
  await minutesOfPolling(deps, orders, 5);
  expect((await (await insideOf(deps)).view()).definition.shards.map(({ id }) => id)).toEqual([first]);
});

it('loses nothing that is sent while shards are closed', async () => {
  const { deps, orders, sent } = await afterBurst(6);
  const senders = Array.from({ length: 6 }, () => throughOther(deps));
  const all = [...sent];
  const seen: string[] = [];
  for (let rounds = 0; rounds < 60; rounds += 1) {
    const text = `later ${rounds}`;
    all.push(text);
    const [received] = await Promise.all([orders.receive(20), senders[rounds % 6]!.send(text)]);
    seen.push(...textsOf(received));
    if (received.length > 0) await orders.delete(received);
    deps.clock.advance(3000);
  }
  seen.push(...await minutesOfPolling(deps, orders, 2));
  expect(seen.toSorted()).toEqual(all.toSorted());
});

describe('a retired shard', () => {
  it('is read as long as something in it may still come', async () => {
    const { deps, orders, sent } = await afterBurst(4);
    const held = await orders.receiveAll({ visibilityTimeoutSeconds: 400 });
    expect(held.length).toBe(sent.length);
    for (let polls = 0; polls < 150; polls += 1) {
      expect(await orders.receive()).toEqual([]);
      deps.clock.advance(2000);
    }
    expect((await (await insideOf(deps)).view()).definition.shards.length).toBe(1);
    deps.clock.advance(120_000);
    const again: string[] = [];
    for (let empty = 0; empty < 5;) {
      const received = await throughOther(deps).receive(1000, { waitSeconds: 3 });
      again.push(...textsOf(received));
      empty = received.length === 0 ? empty + 1 : 0;
    }
    expect(again.toSorted()).toEqual(sent.toSorted());
  });

  it('leaves the list of what is read, which stays short', async () => {
    const { deps, orders } = await afterBurst(8);
    await minutesOfPolling(deps, orders, 5);
    const { group, definition } = await (await insideOf(deps)).view();
    expect(group.chain.drained).toEqual([]);
    expect(group.chain.drainedThrough).toBeGreaterThan(0);
    expect(group.chain.drainedThrough).toBeLessThanOrEqual(definition.version);
  });
});
