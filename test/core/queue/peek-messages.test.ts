import { expect, it } from 'vitest';
import { peekMessages, type PeekRequest } from '../../../lib/core/queue/peek-messages.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { msAfter } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue, refusalOf, textsOf } from '../queue-calls.ts';

const peek = (deps: MemoryDeps, state: PeekRequest['state'], more: Partial<PeekRequest> = {}) =>
  peekMessages(deps, { name: 'orders', state, limit: 100, ...more });

const peeked = async (...args: Parameters<typeof peek>) => textsOf((await peek(...args)).messages);

async function allPages(deps: MemoryDeps, state: PeekRequest['state'], limit: number): Promise<readonly string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await peek(deps, state, { limit, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.messages.length).toBeLessThanOrEqual(limit);
    seen.push(...textsOf(page.messages));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return seen;
}

it('shows messages by state, and takes nothing from anybody', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a', 'b', entry('later', { delaySeconds: 60 }));
  await orders.receive(1);
  const cost = await costOf(deps, async () => {
    expect(await peeked(deps, 'ready')).toEqual(['b']);
    expect(await peeked(deps, 'inFlight')).toEqual(['a']);
    expect(await peeked(deps, 'delayed')).toEqual(['later']);
  });
  expect(cost.writeUnits).toBe(0);
  expect((await orders.receive()).map(({ receiveCount }) => receiveCount)).toEqual([1]);
});

it('shows what a message would say if it were received, and when it is visible', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(entry('a', { attributes: { x: 'y' }, tags: ['t'] }));
  const [received] = await orders.receive();
  const { messages } = await peek(deps, 'inFlight');
  expect(messages).toEqual([{
    messageId: received!.messageId, body: received!.body, attributes: { x: 'y' }, tags: ['t'], enqueuedAtMs: received!.enqueuedAtMs,
    state: 'inFlight', visibleAtMs: received!.visibleAtMs, receiveCount: 1, firstReceivedAtMs: received!.firstReceivedAtMs,
  }]);
});

it('shows as ready what timed out, wherever the sweep has come to', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a', 'b');
  await orders.receive(1);
  deps.clock.advance(30_001);
  expect((await peeked(deps, 'ready')).toSorted()).toEqual(['a', 'b']);
  await orders.receive(1, { visibilityTimeoutSeconds: 600 });
  deps.clock.advance(100_000);
  await orders.receive(10, { visibilityTimeoutSeconds: 1 });
  deps.clock.advance(10_000);
  expect((await peeked(deps, 'ready')).length + (await peeked(deps, 'inFlight')).length).toBe(2);
});

it('does not show what was deleted, cancelled or purged', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const [, cancelled] = await orders.send('deleted', entry('cancelled', { delaySeconds: 60 }));
  await orders.delete([...await orders.receive(), { messageId: cancelled! }]);
  expect([await peeked(deps, 'ready'), await peeked(deps, 'inFlight'), await peeked(deps, 'delayed')]).toEqual([[], [], []]);
  await orders.send('purged', entry('purged', { delaySeconds: 60 }));
  await purgeQueue(deps, { name: 'orders' });
  expect([await peeked(deps, 'ready'), await peeked(deps, 'inFlight'), await peeked(deps, 'delayed')]).toEqual([[], [], []]);
});

it('does not show what has expired', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps, { retentionSeconds: 60 });
  await orders.send('a');
  deps.clock.advance(60_000);
  expect(await peeked(deps, 'ready')).toEqual([]);
});

it('finds by tag, and by when it was sent', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(entry('red', { tags: ['red'] }), entry('both', { tags: ['blue', 'red'] }), 'none');
  deps.clock.advance(1000);
  const thenMs = deps.clock.now();
  await orders.send(entry('later', { tags: ['red'] }));
  expect(await peeked(deps, 'ready', { tag: 'red' })).toEqual(['red', 'both', 'later']);
  expect(await peeked(deps, 'ready', { tag: 'green' })).toEqual([]);
  expect(await peeked(deps, 'ready', { fromMs: thenMs })).toEqual(['later']);
  expect(await peeked(deps, 'ready', { toMs: thenMs })).toEqual(['red', 'both', 'none']);
  expect(await peeked(deps, 'ready', { fromMs: msAfter(thenMs, 1) })).toEqual([]);
});

it.each([1, 3, 100])('comes in pages of %i, each message once', async (limit) => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const delayed = [];
  for (let sends = 0; sends < 6; sends += 1) {
    delayed.push(`d${sends}a`, `d${sends}b`);
    await orders.send(`${sends}a`, `${sends}b`, ...delayed.slice(-2).map((text) => entry(text, { delaySeconds: 60 + sends })));
  }
  const received = [...await orders.receive(2), ...await orders.receive(2), ...await orders.receive(1)];
  expect(textsOf(received)).toEqual(['0a', '0b', '1a', '1b', '2a']);
  expect(await allPages(deps, 'inFlight', limit)).toEqual(textsOf(received));
  expect(await allPages(deps, 'ready', limit)).toEqual(['2b', '3a', '3b', '4a', '4b', '5a', '5b']);
  expect(await allPages(deps, 'delayed', limit)).toEqual(delayed);
});

it('comes in pages, also of messages that are due at one instant', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const texts = ['a', 'b', 'c', 'd', 'e'];
  for (const text of texts) await orders.send(entry(text, { delaySeconds: 60 }));
  expect(await allPages(deps, 'delayed', 2)).toEqual(texts);
});

it('comes in pages over a large backlog', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 70; sends += 1) await orders.send(...entries(10));
  expect((await allPages(deps, 'ready', 100)).length).toBe(700);
  await orders.receiveAll();
  expect((await allPages(deps, 'inFlight', 100)).length).toBe(700);
});

it('reads a bounded number of messages for a page, whatever the filter lets through', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 5; sends += 1) await orders.send(...entries(1000));
  await orders.send(entry('found', { tags: ['rare'] }));
  const first = await peek(deps, 'ready', { tag: 'rare', limit: 1 });
  expect(first.messages).toEqual([]);
  expect(first.cursor).toBeDefined();
  const second = await peek(deps, 'ready', { tag: 'rare', limit: 1, cursor: first.cursor! });
  const third = await peek(deps, 'ready', { tag: 'rare', limit: 1, cursor: second.cursor! });
  expect(textsOf(third.messages)).toEqual(['found']);
});

it('is refused beyond its limits, with a foreign cursor, and for a queue that is not there', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  for (const limit of [0, 101]) expect(await refusalOf(peek(deps, 'ready', { limit }))).toBe('parameterOutOfRange');
  for (const cursor of ['', 'x', 'log.abc.1', 'log.a/b.1.1.1', `log.abc.${'9'.repeat(17)}.1.1`]) {
    expect(await refusalOf(peek(deps, 'ready', { cursor }))).toBe('malformedRequest');
  }
  expect(await refusalOf(peekMessages(deps, { name: 'nowhere', state: 'ready', limit: 1 }))).toBe('queueNotFound');
});
