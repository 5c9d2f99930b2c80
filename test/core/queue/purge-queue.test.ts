import { describe, expect, it } from 'vitest';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { insideOf } from '../inside.ts';
import { costOf, entries, entry, faultyDeps, newQueue, queueCalls, refusalOf, textsOf, throughOther } from '../queue-calls.ts';

const EFFECTIVE_MS = 3000;
const MUCH_LATER_MS = 200_000;
/** After so long without a send its shard is replaced. */
const SILENT_MS = 12 * 3_600_000 + 1;

const purge = (deps: Parameters<typeof purgeQueue>[0]) => purgeQueue(deps, { name: 'orders' });

it('takes effect three seconds later, and says when', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  expect(await purge(deps)).toEqual({ rewindId: expect.any(String), effectiveAtMs: deps.clock.now() + EFFECTIVE_MS });
});

it('empties a queue of everything: ready, in flight, given back, delayed', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('in flight');
  await orders.receive();
  await orders.send('given back');
  await orders.change(await orders.receive(), 0);
  await orders.send('ready', entry('delayed', { delaySeconds: 5 }), entry('far', { delaySeconds: 150 }));
  await purge(deps);
  for (const process of [orders, throughOther(deps)]) {
    for (const laterMs of [0, EFFECTIVE_MS, 10_000, MUCH_LATER_MS]) {
      deps.clock.advance(laterMs);
      expect(await process.receive(10, { waitSeconds: 5 })).toEqual([]);
    }
  }
  expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 0, delayed: 0 });
});

it('empties shards that are retired, but not read to the end', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('in a shard that falls silent');
  deps.clock.advance(SILENT_MS);
  await orders.send('in the one after it');
  const inside = await insideOf(deps);
  expect(await deps.queues.listRetiredShards(inside.incarnation, 0, 10)).toHaveLength(1);
  await purge(deps);
  deps.clock.advance(EFFECTIVE_MS);
  expect(await orders.receiveAll()).toEqual([]);
});

it('delivers nothing until it takes effect, then what was sent meanwhile, ready and delayed', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('before');
  await purge(deps);
  await orders.send('meanwhile', entry('delayed', { delaySeconds: 6 }));
  deps.clock.advance(EFFECTIVE_MS - 1);
  expect(await orders.receive()).toEqual([]);
  deps.clock.advance(1);
  expect(textsOf(await orders.receive())).toEqual(['meanwhile']);
  deps.clock.advance(3000);
  expect(textsOf(await orders.receive())).toEqual(['delayed']);
});

it('lets a consumer that waits have the next message as soon as it takes effect', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await purge(deps);
  await orders.send('a');
  const startMs = deps.clock.now();
  expect(textsOf(await orders.receive(1, { waitSeconds: 20 }))).toEqual(['a']);
  expect(deps.clock.now() - startMs).toBe(EFFECTIVE_MS);
});

it('makes old handles harmless: deleting with one is a success, extending is refused', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a', 'b');
  const received = await orders.receive();
  await purge(deps);
  expect(await orders.delete(received.slice(0, 1))).toEqual(['deleted']);
  expect(await orders.change(received.slice(1), 60)).toEqual(['messageNotFound']);
  deps.clock.advance(MUCH_LATER_MS);
  expect(await orders.receive(10, { waitSeconds: 5 })).toEqual([]);
});

it('is refused while another one takes effect, and not after', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  await purge(deps);
  deps.clock.advance(EFFECTIVE_MS - 1);
  expect(await refusalOf(purge(memoryDeps({ world: deps.world })))).toBe('queueIsChanging');
  deps.clock.advance(1);
  expect(await refusalOf(purge(deps))).toBe('not refused');
});

it('by two at the same moment happens once', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  const outcomes = await Promise.all([deps, memoryDeps({ world: deps.world })].map((process) => refusalOf(purge(process))));
  expect(outcomes.toSorted()).toEqual(['not refused', 'queueIsChanging']);
});

it('is heard of by a process that remembers the queue as it was', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const others = throughOther(deps);
  await others.send('old', entry('old delayed', { delaySeconds: 2 }));
  await others.receive(1);
  await purge(deps);
  await others.send('new', entry('new delayed', { delaySeconds: 2 }));
  deps.clock.advance(EFFECTIVE_MS);
  const texts = [...textsOf(await others.receive(10)), ...textsOf(await others.receive(10)), ...textsOf(await orders.receiveAll())];
  expect(texts.toSorted()).toEqual(['new', 'new delayed']);
});

it('costs a handful of requests whatever the backlog', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 20; sends += 1) await orders.send(...entries(1000));
  const cost = await costOf(deps, () => purge(deps));
  // Of these five make it known and undoable: two looks at the closed shards, the note of one, the definition's new version, the record.
  expect(cost.requests).toBeLessThanOrEqual(11);
});

it('may come again and again, with messages between', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let times = 0; times < 4; times += 1) {
    await orders.send(`lost ${times}`, entry(`lost too ${times}`, { delaySeconds: 4 }));
    await purge(deps);
    await orders.send(`kept ${times}`);
    deps.clock.advance(EFFECTIVE_MS);
    expect(textsOf(await orders.receiveAll())).toEqual([`kept ${times}`]);
  }
  deps.clock.advance(MUCH_LATER_MS);
  expect(textsOf(await orders.receive(10, { waitSeconds: 5 }))).toEqual(['kept 3']);
});

it('shows a purged message as deleted', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const ids = await orders.send('a', entry('b', { delaySeconds: 60 }));
  await purge(deps);
  const states = await Promise.all(ids.map(async (messageId) => (await findMessage(deps, { name: 'orders', messageId })).state));
  expect(states).toEqual(['deleted', 'deleted']);
});

it('of a queue that is not there is refused', async () => {
  expect(await refusalOf(purge(memoryDeps()))).toBe('queueNotFound');
});

describe('trouble', () => {
  it.each(['before', 'after', 'throttle'] as const)('of its one write leaves a queue that works, and a repeat empties it: %s', async (fault) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('old', entry('old delayed', { delaySeconds: 10 }));
    table.fail({ fault, method: 'put', pkPrefix: 'q/' });
    await expect(purge(deps)).rejects.toThrow('injected');
    await orders.send('between', entry('between delayed', { delaySeconds: 10 }));
    deps.clock.advance(EFFECTIVE_MS);
    await purge(deps);
    await orders.send('new');
    deps.clock.advance(MUCH_LATER_MS);
    expect(textsOf(await orders.receive(10, { waitSeconds: 5 }))).toEqual(['new']);
  });

  it('half way loses nothing that was sent: without the write there was no purge', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    const [, delayedId] = await orders.send('ready', entry('delayed', { delaySeconds: 10 }));
    table.fail({ fault: 'before', method: 'put', pkPrefix: 'q/' });
    await expect(purge(deps)).rejects.toThrow('injected');
    await queueCalls(deps).send(entry('later', { delaySeconds: 10 }));
    expect((await findMessage(deps, { name: 'orders', messageId: delayedId! })).state).toBe('delayed');
    deps.clock.advance(12_000);
    const texts = [...textsOf(await orders.receive(10)), ...textsOf(await orders.receive(10, { waitSeconds: 3 }))];
    expect(texts.toSorted()).toEqual(['delayed', 'later', 'ready']);
  });
});
