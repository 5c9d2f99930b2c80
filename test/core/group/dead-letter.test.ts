import { describe, expect, it } from 'vitest';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries, entry, faultyDeps, newQueue, type QueueCalls, queueCalls, SKEW_MS, textsOf, throughOther } from '../queue-calls.ts';

const TIMEOUT_MS = 30_000 + SKEW_MS;
/** How long who moves a message to the dead-letter queue holds it. */
const MOVER_HOLD_MS = 30_000;

async function withDeadLetters(deps: MemoryDeps, maxReceiveCount: number): Promise<{ readonly orders: QueueCalls; readonly dead: QueueCalls }> {
  const dead = await newQueue(deps, {}, 'dead');
  return { dead, orders: await newQueue(deps, { deadLetter: { queue: 'dead', maxReceiveCount } }) };
}

/** Receive and let the time pass, so often. */
async function fail(deps: MemoryDeps, orders: QueueCalls, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await orders.receive(10, { waitSeconds: 3 });
    deps.clock.advance(TIMEOUT_MS);
  }
}

it.each([1, 3])('moves a message once it was received %i times and not deleted, not before', async (maxReceiveCount) => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, maxReceiveCount);
  await orders.send('bad');
  for (let times = 1; times <= maxReceiveCount; times += 1) {
    expect((await orders.receive(1, { waitSeconds: 3 })).map(({ receiveCount }) => receiveCount)).toEqual([times]);
    expect(await dead.receive()).toEqual([]);
    deps.clock.advance(TIMEOUT_MS);
  }
  expect(await orders.receive(1, { waitSeconds: 3 })).toEqual([]);
  expect(textsOf(await dead.receive())).toEqual(['bad']);
});

it('leaves to others what it could not move within its hold, since it stood still', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 1);
  await orders.send('bad');
  await fail(deps, orders, 1);
  const inner = memoryDeps({ world: deps.world });
  let isFirst = true;
  const readName: typeof inner.queues.readName = async (registry, name) => {
    if (name === 'dead' && isFirst) {
      isFirst = false;
      deps.clock.advance(MOVER_HOLD_MS + SKEW_MS);
      await throughOther(deps).receive(1, { waitSeconds: 3 });
    }
    return inner.queues.readName(registry, name);
  };
  await queueCalls({ ...inner, queues: { ...inner.queues, readName } }).receive(1);
  expect(isFirst).toBe(false);
  expect(textsOf(await dead.receiveAll())).toEqual(['bad']);
});

it('says where it came from and why, and keeps what it is', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 2);
  const enqueuedAtMs = deps.clock.now();
  const [messageId] = await orders.send(entry('bad', { attributes: { kind: 'x' }, tags: ['t'] }));
  await fail(deps, orders, 2);
  await orders.receive(1, { waitSeconds: 3 });
  const [letter] = await dead.receive();
  expect(letter).toMatchObject({
    body: { kind: 'text', text: 'bad' }, attributes: { kind: 'x' }, tags: ['t'], receiveCount: 1,
    origin: { queue: 'orders', messageId, enqueuedAtMs, receiveCount: 2, reason: 'maxReceiveCount' },
  });
  expect(letter?.messageId).not.toBe(messageId);
  expect((await findMessage(deps, { name: 'orders', messageId: messageId! })).state).toBe('deadLettered');
});

it('leaves alone what was deleted in time, and its neighbours of the same receive', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 1);
  await orders.send('good', 'bad', 'slow');
  const received = await orders.receive();
  await orders.delete(received.slice(0, 1));
  await orders.change(received.slice(2), 600);
  deps.clock.advance(TIMEOUT_MS);
  expect(await orders.receive(10, { waitSeconds: 3 })).toEqual([]);
  expect(textsOf(await dead.receive())).toEqual(['bad']);
  expect(await orders.delete(received.slice(2))).toEqual(['deleted']);
});

it('counts a message that was given back as received', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 1);
  await orders.send('a');
  await orders.change(await orders.receive(), 0);
  expect(await orders.receive(1, { waitSeconds: 3 })).toEqual([]);
  expect(textsOf(await dead.receive())).toEqual(['a']);
});

it('makes the handle of its last consumer harmless', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 1);
  await orders.send('a');
  const received = await orders.receive();
  deps.clock.advance(TIMEOUT_MS);
  await orders.receive(1, { waitSeconds: 3 });
  expect(await orders.delete(received)).toEqual(['deleted']);
  expect(textsOf(await dead.receive())).toEqual(['a']);
});

it('moves a thousand of them, none twice', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 1);
  await orders.send(...entries(1000));
  await orders.receive(1000);
  deps.clock.advance(TIMEOUT_MS);
  expect(await orders.receive(10, { waitSeconds: 5 })).toEqual([]);
  const letters = await dead.receiveAll();
  expect(new Set(textsOf(letters)).size).toBe(1000);
  expect(letters.length).toBe(1000);
});

it('moves each once also when several consumers come upon it together', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 1);
  for (let sends = 0; sends < 5; sends += 1) await orders.send(`${sends}`);
  await orders.receiveAll();
  deps.clock.advance(TIMEOUT_MS);
  await Promise.all(Array.from({ length: 6 }, () => throughOther(deps).receive(10, { waitSeconds: 3 })));
  expect(textsOf(await dead.receiveAll()).toSorted()).toEqual(['0', '1', '2', '3', '4']);
});

it('goes by the policy of the moment: a higher count lets the message come again', async () => {
  const deps = memoryDeps();
  const { orders, dead } = await withDeadLetters(deps, 1);
  await orders.send('a');
  await orders.receive();
  await changeQueue(deps, { name: 'orders', changes: { deadLetter: { queue: 'dead', maxReceiveCount: 2 } } });
  deps.clock.advance(TIMEOUT_MS);
  expect((await orders.receive(1, { waitSeconds: 3 })).map(({ receiveCount }) => receiveCount)).toEqual([2]);
  deps.clock.advance(TIMEOUT_MS);
  expect(await orders.receive(1, { waitSeconds: 3 })).toEqual([]);
  expect((await dead.receive()).length).toBe(1);
});

it('wakes a consumer of the dead-letter queue and lets it have its own policy', async () => {
  const deps = memoryDeps();
  const grave = await newQueue(deps, {}, 'grave');
  const dead = await newQueue(deps, { deadLetter: { queue: 'grave', maxReceiveCount: 1 } }, 'dead');
  const orders = await newQueue(deps, { deadLetter: { queue: 'dead', maxReceiveCount: 1 } });
  await orders.send('a');
  await fail(deps, orders, 1);
  await orders.receive(1, { waitSeconds: 3 });
  await fail(deps, dead, 1);
  await dead.receive(1, { waitSeconds: 3 });
  expect((await grave.receive()).map(({ origin }) => origin?.queue)).toEqual(['dead']);
});

describe('trouble', () => {
  it.each([
    ['the take is refused', { method: 'put', pkPrefix: 'c/' }, 'throttle'],
    ['the append is refused', { method: 'put', pkPrefix: 'l/', times: 3 }, 'throttle'],
    ['the append never arrives', { method: 'put', pkPrefix: 'l/', times: 3 }, 'before'],
    ['the settle is refused', { method: 'update', pkPrefix: 'c/', after: 1 }, 'throttle'],
  ] as const)('loses nothing when %s', async (_, where, fault) => {
    const { deps, table } = faultyDeps();
    const { orders, dead } = await withDeadLetters(deps, 1);
    await orders.send('a');
    await orders.receive();
    deps.clock.advance(TIMEOUT_MS);
    table.fail({ fault, ...where });
    await orders.receive(1, { waitSeconds: 0 }).catch(() => []);
    for (let looks = 0; looks < 3; looks += 1) {
      deps.clock.advance(TIMEOUT_MS);
      expect(await orders.receive(1, { waitSeconds: 3 })).toEqual([]);
    }
    expect(table.pending()).toBe(0);
    expect(new Set(textsOf(await dead.receiveAll()))).toEqual(new Set(['a']));
  });

  it('of a mover that dies after the append makes a second copy at worst, and only one stays behind', async () => {
    const { deps, table } = faultyDeps();
    const { orders, dead } = await withDeadLetters(deps, 1);
    await orders.send('a');
    await orders.receive();
    deps.clock.advance(TIMEOUT_MS);
    // The first update moves the cursor of the sweep.
    table.fail({ fault: 'before', method: 'update', pkPrefix: 'c/', after: 1 });
    await orders.receive();
    expect(deps.faults.length).toBe(1);
    deps.clock.advance(TIMEOUT_MS);
    await throughOther(deps).receive(1, { waitSeconds: 3 });
    expect(textsOf(await dead.receiveAll())).toEqual(['a', 'a']);
    deps.clock.advance(TIMEOUT_MS);
    expect(await queueCalls(deps).receive(1, { waitSeconds: 3 })).toEqual([]);
    expect(await dead.receive(10, { waitSeconds: 3 }).then((letters) => letters.length)).toBe(2);
  });

  it('does not cost a consumer what it wins beside', async () => {
    const { deps, table } = faultyDeps();
    const { orders } = await withDeadLetters(deps, 1);
    await orders.send('bad');
    await orders.receive();
    deps.clock.advance(TIMEOUT_MS);
    await orders.send('good');
    table.fail({ fault: 'throttle', method: 'put', pkPrefix: 'l/', times: 3 });
    expect(textsOf(await orders.receive(10, { waitSeconds: 3 }))).toEqual(['good']);
  });
});
