import { describe, expect, it } from 'vitest';
import { peekMessages, type PeekRequest } from '../../../lib/core/queue/peek-messages.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries, entry, newQueue, textsOf } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, hourly, rewind, rewindable, rewindTo, undo, WEEK_SECONDS } from '../rewind-calls.ts';

/** Every message of a state, page by page. */
async function peek(deps: MemoryDeps, state: PeekRequest['state'], limit = 100): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages += 1) {
    const page = await peekMessages(deps, { name: 'orders', state, limit, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...textsOf(page.messages));
    ({ cursor } = page);
  }
  return seen.toSorted();
}

const peekAll = async (deps: MemoryDeps, limit = 100) =>
  ({ ready: await peek(deps, 'ready', limit), inFlight: await peek(deps, 'inFlight', limit), delayed: await peek(deps, 'delayed', limit) });

/** Below the start of a rewind one of each state; above it one that was deleted, and one still delayed. */
async function rewound(deps: MemoryDeps) {
  const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 600 });
  await orders.send('deleted below');
  await consume(orders);
  await orders.send('held below', entry('delayed below', { delaySeconds: 7200 }));
  await orders.receive(1);
  await orders.send('ready below');
  deps.clock.advance(1000);
  const startMs = deps.clock.now();
  await orders.send('deleted above', entry('delayed above', { delaySeconds: 3600 }));
  await orders.delete((await orders.receive()).filter(({ body }) => body.kind === 'text' && body.text === 'deleted above'));
  await rewindTo(deps, startMs);
  deps.clock.advance(EFFECTIVE_MS);
  return orders;
}

describe('after a rewind', () => {
  it.each([1, 2, 100])('shows what comes again, and what was left below the start, %d at a time', async (limit) => {
    const deps = memoryDeps();
    const orders = await rewound(deps);
    const before = await peekAll(deps, limit);
    expect(before.delayed).toEqual(['delayed above', 'delayed below']);
    expect([...before.ready, ...before.inFlight].toSorted()).toEqual(['deleted above', 'held below', 'ready below']);
    expect(before.inFlight).toContain('held below');
    expect(await consume(orders)).toEqual(before.ready);
    expect(await peekAll(deps, limit)).toEqual({ ready: [], inFlight: before.inFlight, delayed: before.delayed });
    deps.clock.advance(600_001);
    expect(await peekAll(deps, limit)).toEqual({ ready: before.inFlight, inFlight: [], delayed: before.delayed });
    deps.clock.advance(3_600_000);
    expect(await peek(deps, 'delayed', limit)).toEqual(['delayed below']);
  });

  it('shows what was in force until it takes effect', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send('a');
    await consume(orders);
    await rewindTo(deps, deps.clock.now());
    expect(await peek(deps, 'ready')).toEqual([]);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await peek(deps, 'ready')).toEqual(['a']);
  });

  it('shows what lies behind a message in the middle of a send', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [, , third] = await orders.send('a', 'b', 'c', 'd');
    await consume(orders);
    await rewind(deps, { from: { messageId: third! } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await peek(deps, 'ready')).toEqual(['c', 'd']);
  });

  it('goes on from a cursor of the time before it, and misses nothing of what is there now', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send(...entries(4));
    const { cursor } = await peekMessages(deps, { name: 'orders', state: 'ready', limit: 2 });
    await purgeQueue(deps, { name: 'orders' });
    deps.clock.advance(EFFECTIVE_MS);
    await orders.send('new');
    const { messages } = await peekMessages(deps, { name: 'orders', state: 'ready', limit: 2, cursor: cursor! });
    expect(textsOf(messages)).toEqual(['new']);
  });

  it('still reads cursors that name no chain', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send(...entries(4));
    const { cursor = '' } = await peekMessages(deps, { name: 'orders', state: 'ready', limit: 2 });
    const old = cursor.split('.').slice(0, 5).join('.');
    const { messages } = await peekMessages(deps, { name: 'orders', state: 'ready', limit: 2, cursor: old });
    expect(textsOf(messages)).toEqual(['m2', 'm3']);
  });
});

describe('after an undo', () => {
  it('shows what the chain before holds, though its alarms were put aside meanwhile', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 200 });
    await orders.send(entry('far', { delaySeconds: 7200 }));
    deps.clock.advance(1000);
    const startMs = deps.clock.now();
    await orders.send('held', entry('delayed', { delaySeconds: 200 }));
    await orders.receive();
    for (let polls = 0; polls < 50; polls += 1) { deps.clock.advance(2000); await orders.receive(); }
    const { rewindId } = await rewindTo(deps, startMs);
    deps.clock.advance(EFFECTIVE_MS);
    for (let polls = 0; polls < 100; polls += 1) { deps.clock.advance(2000); await consume(orders); }
    await undo(deps, rewindId);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await peekAll(deps, 1)).toEqual({ ready: ['delayed', 'held'], inFlight: [], delayed: ['far'] });
  });
});

describe('beside the live queue a selection', () => {
  it('shows what it lets through and is settled, until that is deleted', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 600 });
    const fromMs = epochMs(deps.clock.now());
    await orders.send(entry('x', { tags: ['x'] }), 'y', entry('x too', { tags: ['x'] }));
    await consume(orders);
    await orders.send(entry('live', { tags: ['x'] }));
    await rewind(deps, { from: { atMs: fromMs }, filter: { tags: ['x'] } });
    expect(await peek(deps, 'ready', 1)).toEqual(['live', 'x', 'x too']);
    const received = await orders.receiveAll();
    expect(await peekAll(deps, 1)).toEqual({ ready: [], inFlight: ['live', 'x', 'x too'], delayed: [] });
    await orders.delete(received);
    expect(await peekAll(deps, 1)).toEqual({ ready: [], inFlight: [], delayed: [] });
  });

  it('costs a page only so much, however little it lets through', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [first = 0] = await hourly(deps, orders, ['a']);
    for (let sends = 0; sends < 10; sends += 1) await orders.send(...entries(1000));
    await consume(orders);
    await rewind(deps, { from: { atMs: epochMs(first) }, filter: { tags: ['nobody'] } });
    let pages = 0;
    for (let cursor: string | undefined; pages === 0 || cursor !== undefined; pages += 1) {
      const page = await peekMessages(deps, { name: 'orders', state: 'ready', limit: 10, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.messages).toEqual([]);
      ({ cursor } = page);
    }
    expect(pages).toBeGreaterThanOrEqual(4);
    expect(pages).toBeLessThanOrEqual(6);
  });
});
