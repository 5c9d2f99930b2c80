import { describe, expect, it } from 'vitest';
import { previewRewind } from '../../../lib/core/queue/preview-rewind.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { DAY_MS } from '../../../lib/core/timing.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries, entry, newQueue, type QueueCalls, textsOf, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, HOUR_MS, hourly, rewind, rewindable, rewindTo, undo, WEEK_SECONDS } from '../rewind-calls.ts';

describe('a selective rewind', () => {
  it('hands out again what was settled in a window, beside the live queue', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [, second = 0, third = 0] = await hourly(deps, orders, ['a', 'b', 'c']);
    await orders.send('in flight', 'ready');
    const [held] = await orders.receive(1);
    await rewind(deps, { from: { atMs: epochMs(second) }, toMs: epochMs(third) });
    expect(await consume(orders)).toEqual(['b', 'ready']);
    expect(await orders.delete([held!])).toEqual(['deleted']);
    deps.clock.advance(200_000);
    expect(await consume(throughOther(deps))).toEqual([]);
  });

  it('takes only what a filter lets through: tags, attributes, ids, outcome', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'dead');
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 1, deadLetter: { queue: 'dead', maxReceiveCount: 1 } });
    const fromMs = epochMs(deps.clock.now());
    const ids = await orders.send(entry('tagged', { tags: ['x', 'y'] }), entry('red', { attributes: { colour: 'red' } }), 'plain');
    await consume(orders);
    await orders.send('failed');
    await orders.receive();
    deps.clock.advance(3000);
    expect(await orders.receive()).toEqual([]);
    const cases = [
      [{ tags: ['y', 'z'] }, ['tagged']], [{ attributes: { colour: 'red' } }, ['red']], [{ messageIds: [ids[2]!] }, ['plain']],
      [{ outcome: 'deadLettered' }, ['failed']], [{ outcome: 'deleted', tags: ['x'] }, ['tagged']], [{ tags: ['nobody'] }, []],
    ] as const;
    for (const [filter, expected] of cases) {
      await rewind(deps, { from: { atMs: fromMs }, filter });
      expect(await consume(orders)).toEqual(expected);
      deps.clock.advance(2000);
    }
  });

  it('is undone like any other: what it has not handed out yet stays settled', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [first = 0] = await hourly(deps, orders, ['a']);
    const { rewindId } = await rewind(deps, { from: { atMs: epochMs(first) }, toMs: epochMs(first + 1) });
    await undo(deps, rewindId);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual([]);
  });
});

const inOrder = (deliveries: Parameters<typeof textsOf>[0]) => textsOf(deliveries).toSorted();

/** Deleted messages m0, m1 …, and what begins again with them. */
async function deleted(deps: MemoryDeps, count: number): Promise<{ readonly orders: QueueCalls; readonly select: () => Promise<string> }> {
  const orders = await rewindable(deps);
  const fromMs = epochMs(deps.clock.now());
  await orders.send(...entries(count, { tags: ['x'] }));
  await consume(orders);
  deps.clock.advance(10_000);
  return { orders, select: async () => (await rewind(deps, { from: { atMs: fromMs }, filter: { tags: ['x'] } })).rewindId };
}

describe('of two selective rewinds', () => {
  it('the older hands out what it has not handed out yet, and keeps what consumers hold of it', async () => {
    const deps = memoryDeps();
    const { orders, select } = await deleted(deps, 6);
    await select();
    const held = await orders.receive(3);
    expect(inOrder(held)).toEqual(['m0', 'm1', 'm2']);
    deps.clock.advance(1000);
    await select();
    expect(inOrder([...await orders.receiveAll(), ...await throughOther(deps).receiveAll()])).toEqual(['m3', 'm4', 'm5']);
    expect(await orders.delete(held)).toEqual(['deleted', 'deleted', 'deleted']);
    expect(await consume(throughOther(deps))).toEqual([]);
    deps.clock.advance(60_000);
    expect(await consume(orders)).toEqual(['m3', 'm4', 'm5']);
    deps.clock.advance(60_000);
    expect(await consume(throughOther(deps))).toEqual([]);
  });

  it('one hands out a message, also when it is deleted before the other comes to it', async () => {
    const deps = memoryDeps();
    const { orders, select } = await deleted(deps, 6);
    await select();
    await select();
    deps.clock.advance(1000);
    const all: string[] = [];
    for (let polls = 0; polls < 20; polls += 1) { deps.clock.advance(1000); all.push(...await consume(orders)); }
    expect(all.toSorted()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
  });

  it('the younger hands out again what the older one was done with', async () => {
    const deps = memoryDeps();
    const { orders, select } = await deleted(deps, 2);
    await select();
    expect(await consume(orders)).toEqual(['m0', 'm1']);
    // Not noticed yet to be finished.
    deps.clock.advance(1000);
    await select();
    deps.clock.advance(1000);
    await select();
    const all: string[] = [];
    for (let polls = 0; polls < 20; polls += 1) { deps.clock.advance(1000); all.push(...await consume(orders)); }
    expect(all).toEqual(['m0', 'm1']);
  });

  it('the younger does not wait where the older one means others', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const fromMs = epochMs(deps.clock.now());
    await orders.send(...entries(5, { tags: ['x'] }), entry('other', { tags: ['y'] }));
    await consume(orders);
    deps.clock.advance(10_000);
    await rewind(deps, { from: { atMs: fromMs }, filter: { tags: ['x'] } });
    expect(await orders.receive(1)).toHaveLength(1);
    await rewind(deps, { from: { atMs: fromMs }, filter: { tags: ['y'] } });
    const taken: string[] = [];
    for (let polls = 0; polls < 6; polls += 1) { deps.clock.advance(1000); taken.push(...textsOf(await orders.receive(1))); }
    expect(taken.slice(0, -1)).toContain('other');
  });

  it('the younger goes on where the older one was undone', async () => {
    const deps = memoryDeps();
    const { orders, select } = await deleted(deps, 4);
    const older = await select();
    const held = await orders.receive(1);
    await select();
    await undo(deps, older);
    deps.clock.advance(EFFECTIVE_MS);
    expect(inOrder(await orders.receiveAll())).toEqual(['m1', 'm2', 'm3']);
    expect(await orders.delete(held)).toEqual(['deleted']);
  });

  it('a preview counts nothing that another one still has to hand out', async () => {
    const deps = memoryDeps();
    const { orders, select } = await deleted(deps, 6);
    const preview = () => previewRewind(deps, { name: 'orders', from: { atMs: epochMs(deps.clock.now() - 20_000) }, filter: { tags: ['x'] } });
    expect(await preview()).toMatchObject({ messages: 6, inFlight: 0 });
    await select();
    expect(await preview()).toMatchObject({ messages: 0, inFlight: 0 });
    const held = await orders.receive(2);
    expect(await preview()).toMatchObject({ messages: 0, inFlight: 2 });
    await orders.delete(held);
    expect(await preview()).toMatchObject({ messages: 2, inFlight: 0 });
  });
});

it('a selective rewind leaves alone what was ready when it was asked for', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  const fromMs = epochMs(deps.clock.now());
  await orders.send('deleted');
  await consume(orders);
  await orders.send('ready');
  deps.clock.advance(1000);
  await rewind(deps, { from: { atMs: fromMs }, filter: {} });
  deps.clock.advance(1000);
  const all: string[] = [];
  for (let polls = 0; polls < 20; polls += 1) { deps.clock.advance(1000); all.push(...await consume(orders)); }
  expect(all.toSorted()).toEqual(['deleted', 'ready']);
});

it('a selective rewind tells what died from what was deleted days ago, before other rewinds', async () => {
  const deps = memoryDeps();
  await newQueue(deps, {}, 'dead');
  const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 1, deadLetter: { queue: 'dead', maxReceiveCount: 1 } });
  const fromMs = epochMs(deps.clock.now());
  await orders.send('failed');
  await orders.receive();
  for (let rewinds = 0; rewinds < 3; rewinds += 1) {
    deps.clock.advance(HOUR_MS);
    expect(await consume(orders)).toEqual([]);
    await rewindTo(deps, deps.clock.now());
    deps.clock.advance(EFFECTIVE_MS);
    await untilWorkedOff(deps, orders);
    deps.clock.advance(2 * DAY_MS);
  }
  await rewind(deps, { from: { atMs: fromMs }, filter: { outcome: 'deadLettered' } });
  expect(await consume(orders)).toEqual(['failed']);
});

/** What a rewind left has nothing to do any more. */
async function untilWorkedOff(deps: MemoryDeps, orders: QueueCalls): Promise<void> {
  for (let polls = 0; polls < 20; polls += 1) {
    deps.clock.advance(2000);
    expect(await consume(orders)).toEqual([]);
  }
}
