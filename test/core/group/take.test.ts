import { expect, it } from 'vitest';
import { UNRECEIVED } from '../../../lib/core/ports/lease-table.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { insideOf, withTable } from '../inside.ts';
import { entries, newQueue, type QueueCalls, queueCalls, SKEW_MS, textsOf } from '../queue-calls.ts';

const TIMEOUT_MS = 30_000 + SKEW_MS;

/** Ten messages of one receive whose time is over. */
async function timedOut(count = 10) {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(...entries(count));
  const received = await orders.receive(count);
  deps.clock.advance(TIMEOUT_MS);
  return { deps, orders, received };
}

it('moves only what is asked for: the rest keeps its id, count and due time', async () => {
  const { deps, orders } = await timedOut();
  const inside = await insideOf(deps);
  const [before] = await inside.leases();
  await orders.receive(4);
  const [after] = await inside.leases();
  const [old] = before!.holds;
  expect(after!.holds.find(({ leaseId }) => leaseId === old!.leaseId)).toEqual({ ...old, held: { kind: 'set', positions: [4, 5, 6, 7, 8, 9] } });
  expect(after!.holds.find(({ leaseId }) => leaseId !== old!.leaseId)).toEqual({
    leaseId: expect.any(String), held: { kind: 'set', positions: [0, 1, 2, 3] }, dueAtMs: deps.clock.now() + 30_000,
    receiveCount: 2, firstReceivedAtMs: old!.firstReceivedAtMs,
  });
});

it('leaves no trace of a holder that has nothing left: a lease does not grow with redeliveries', async () => {
  const { deps, orders } = await timedOut();
  for (let times = 0; times < 30; times += 1) {
    expect((await orders.receive(10, { waitSeconds: 5 })).length).toBe(10);
    deps.clock.advance(TIMEOUT_MS);
  }
  const [lease] = await (await insideOf(deps)).leases();
  expect(lease!.holds.length).toBe(1);
});

it('does not bring back what is settled between its read and its write', async () => {
  const { deps, orders, received } = await timedOut(3);
  let settler: QueueCalls | undefined = orders;
  const taker = queueCalls(withTable(deps.world, (inner) => ({
    async put(item, condition) {
      if (item.pk.startsWith('c/') && settler) {
        const now = settler;
        settler = undefined;
        expect(await now.delete(received.slice(0, 2))).toEqual(['deleted', 'deleted']);
      }
      return inner.put(item, condition);
    },
  })));
  expect(textsOf(await taker.receive(10, { waitSeconds: 5 }))).toEqual(['m2']);
  expect(settler).toBeUndefined();
});

it('takes nothing whose time was extended between its read and its write', async () => {
  const { deps, orders, received } = await timedOut(2);
  let owner: QueueCalls | undefined = orders;
  const taker = queueCalls(withTable(deps.world, (inner) => ({
    async put(item, condition) {
      if (item.pk.startsWith('c/') && owner) {
        const now = owner;
        owner = undefined;
        expect(await now.change(received.slice(0, 1), 600)).toEqual(['changed']);
      }
      return inner.put(item, condition);
    },
  })));
  expect(textsOf(await taker.receive(10, { waitSeconds: 5 }))).toEqual(['m1']);
  expect(await orders.delete(received.slice(0, 1))).toEqual(['deleted']);
});

it('settles what has expired, and so gets rid of its alarm', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a');
  await orders.receive(1, { visibilityTimeoutSeconds: 1 });
  await changeQueue(deps, { name: 'orders', changes: { retentionSeconds: 60 } });
  deps.clock.advance(60_000);
  for (let looks = 0; looks < 5; looks += 1) {
    expect(await orders.receive()).toEqual([]);
    deps.clock.advance(3000);
  }
  const inside = await insideOf(deps);
  expect((await inside.leases())[0]!.holds).toEqual([]);
  expect(await inside.alarms()).toEqual([]);
});

it('of delayed messages leaves the later ones waiting, unreceived, for their own time', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(...[1, 2, 3].map((delaySeconds) => entries(1, { delaySeconds })[0]!));
  deps.clock.advance(1000);
  await orders.receive();
  const inside = await insideOf(deps);
  const delayShard = (await inside.view()).group.delayShards[0]!.id;
  const [lease] = await inside.leases(delayShard);
  expect(lease!.holds.find(({ leaseId }) => leaseId === UNRECEIVED)).toMatchObject({
    held: { kind: 'set', positions: [1, 2] }, dueAtMs: deps.clock.now() + 1000, receiveCount: 0,
  });
});
