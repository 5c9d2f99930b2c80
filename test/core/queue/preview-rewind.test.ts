import { beforeEach, describe, expect, it } from 'vitest';
import { messageBytes } from '../../../lib/core/message.ts';
import { previewRewind } from '../../../lib/core/queue/preview-rewind.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import type { RewindRequest } from '../../../lib/core/queue/rewind-window.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue, type QueueCalls, refusalOf, textsOf } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, hourly, rewind, rewindable, rewindTo, WEEK_SECONDS } from '../rewind-calls.ts';

let deps: MemoryDeps;

beforeEach(() => { deps = memoryDeps(); });

const preview = (more: Partial<RewindRequest>) => previewRewind(deps, { name: 'orders', ...more });
const from = (atMs: number) => ({ from: { atMs: epochMs(atMs) } });

describe('of the whole queue', () => {
  it('says how much would come, from when to when, and shows the first of it', async () => {
    const orders = await rewindable(deps);
    const [, second = 0, third = 0] = await hourly(deps, orders, ['a', 'bcd', 'ef']);
    deps.clock.advance(1000);
    await orders.send(entry('g', { attributes: { colour: 'red' }, tags: ['tag'] }));
    deps.clock.advance(1000);
    await orders.send(entry('later', { delaySeconds: 60 }));
    const [held] = await orders.receive(1);
    const { sample, ...figures } = await preview(from(second));
    expect(figures).toEqual({ messages: 4, bytes: 3 + 2 + (1 + 'colourred'.length + 3) + 5, fromMs: second, toMs: third + 2000, inFlight: 1, approximate: false });
    expect(textsOf(sample)).toEqual(['bcd', 'ef', 'g', 'later']);
    expect(sample.map(({ state }) => state)).toEqual(['deleted', 'deleted', 'inFlight', 'delayed']);
    expect(sample[2]).toMatchObject({ messageId: held?.messageId, attributes: { colour: 'red' }, receiveCount: 1, visibleAtMs: held?.visibleAtMs });
  });

  it('says what then comes, whatever was done with it', async () => {
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 43_200 });
    await orders.send(...entries(30));
    deps.clock.advance(1000);
    const startMs = deps.clock.now();
    for (let sends = 0; sends < 20; sends += 1) await orders.send(...entries(50));
    const received = await orders.receive(700);
    await orders.delete(received.slice(100, 400));
    const { messages, inFlight, approximate } = await preview(from(startMs));
    expect({ messages, inFlight, approximate }).toEqual({ messages: 1000, inFlight: 370, approximate: false });
    await rewindTo(deps, startMs);
    deps.clock.advance(EFFECTIVE_MS);
    expect((await consume(orders)).length).toBe(1000);
  });

  it('begins exactly at a message', async () => {
    const orders = await rewindable(deps);
    const [, second] = await orders.send('a', 'b', 'c');
    await consume(orders);
    const { messages, sample } = await preview({ from: { messageId: second! } });
    expect([messages, ...textsOf(sample)]).toEqual([2, 'b', 'c']);
  });

  it('brings back what was purged, and shows at most ten messages', async () => {
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    await orders.send(...entries(25));
    await purgeQueue(deps, { name: 'orders' });
    deps.clock.advance(EFFECTIVE_MS);
    const { messages, sample } = await preview(from(startMs));
    expect([messages, sample.length, sample[0]?.state]).toEqual([25, 10, 'deleted']);
  });

  it('of nothing is nothing', async () => {
    await rewindable(deps);
    expect(await preview(from(deps.clock.now()))).toEqual({
      messages: 0, bytes: 0, fromMs: undefined, toMs: undefined, inFlight: 0, sample: [], approximate: false,
    });
  });
});

describe('of a selection', () => {
  const settled = async (orders: QueueCalls) => {
    await orders.send(entry('red', { attributes: { colour: 'red' }, tags: ['x'] }), entry('blue', { attributes: { colour: 'blue' }, tags: ['x', 'y'] }), 'plain');
    await consume(orders);
  };

  it('counts what passes the filter and is settled, and who holds the others that pass', async () => {
    await newQueue(deps, {}, 'dead');
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 1, deadLetter: { queue: 'dead', maxReceiveCount: 1 } });
    const startMs = deps.clock.now();
    await settled(orders);
    await orders.send(entry('failed', { tags: ['x'] }));
    await orders.receive();
    deps.clock.advance(3000);
    await orders.receive();
    await orders.send(entry('held', { tags: ['x'] }), entry('ready', { tags: ['x'] }));
    await orders.receive(1, { visibilityTimeoutSeconds: 600 });
    const seen = async (filter: RewindRequest['filter']) => {
      const { sample, messages, inFlight, approximate } = await preview({ ...from(startMs), filter: filter! });
      return [textsOf(sample), messages, inFlight, approximate];
    };
    expect(await seen({ tags: ['x'] })).toEqual([['red', 'blue', 'failed'], 3, 1, false]);
    expect(await seen({ tags: ['x'], outcome: 'deleted' })).toEqual([['red', 'blue'], 2, 1, false]);
    expect(await seen({ outcome: 'deadLettered' })).toEqual([['failed'], 1, 1, false]);
    expect(await seen({ attributes: { colour: 'blue' } })).toEqual([['blue'], 1, 0, false]);
    expect(await seen({ tags: ['nobody'] })).toEqual([[], 0, 0, false]);
  });

  it('ends where the window does', async () => {
    const orders = await rewindable(deps);
    const [, second = 0, third = 0] = await hourly(deps, orders, ['a', 'b', 'c']);
    expect(await preview({ ...from(second), toMs: epochMs(third) })).toMatchObject({ messages: 1, bytes: 1, fromMs: second, toMs: second });
  });

  it('looks for named messages where they are, however far apart', async () => {
    const orders = await rewindable(deps);
    const ids: string[] = [];
    for (let sends = 0; sends < 30; sends += 1) ids.push(...await orders.send(...entries(100)));
    await consume(orders);
    const messageIds = [ids[1]!, ids[2]!, ids[1500]!, ids[2999]!, 'nosuch-0'];
    const cost = await costOf(deps, async () => {
      expect(await preview({ filter: { messageIds } })).toMatchObject({ messages: 4, bytes: 2 + 2 + 2 + 3, approximate: false });
    });
    expect(cost.requests).toBeLessThanOrEqual(60);
    const { messages, approximate } = await preview({ filter: { messageIds: ids.filter((_, at) => at % 3 === 0) } });
    expect({ messages, approximate }).toEqual({ messages: 1000, approximate: true });
  });

  it('is exact for some thousands of messages, however many were sent at once', async () => {
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    const rare = (count: number) => [...entries(count - 1), entry('rare', { tags: ['x'] })];
    for (const count of [1000, 1000, 1000, 7]) await orders.send(...rare(count));
    for (let sends = 0; sends < 600; sends += 1) await orders.send(entry(`m${sends}`, sends % 200 === 199 ? { tags: ['x'] } : {}));
    await consume(orders);
    const { messages, approximate } = await preview({ ...from(startMs), filter: { tags: ['x'] } });
    expect({ messages, approximate }).toEqual({ messages: 7, approximate: false });
  });

  it('says what then comes', async () => {
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    for (let sends = 0; sends < 10; sends += 1) await orders.send(...entries(70), ...entries(30, { tags: ['meant'] }));
    await consume(orders);
    const asked = { ...from(startMs), filter: { tags: ['meant'] } };
    expect(await preview(asked)).toMatchObject({ messages: 300, approximate: false });
    await rewind(deps, asked);
    expect((await consume(orders)).length).toBe(300);
  });
});

describe('of a hundred thousand messages', () => {
  /** In sends of one size, every fourth message tagged, all settled. */
  async function backlog(perSend: number, sends: number): Promise<number> {
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    const sent = Array.from({ length: perSend }, (_, at) => entry('x'.repeat(20 + at % 80), at % 4 === 0 ? { tags: ['fourth'] } : {}));
    for (let at = 0; at < sends; at += 1) { deps.clock.advance(10); await orders.send(...sent); }
    await purgeQueue(deps, { name: 'orders' });
    deps.clock.advance(EFFECTIVE_MS);
    return startMs;
  }

  it('costs a bounded number of reads, counts the messages exactly, and their bytes nearly so', async () => {
    const startMs = await backlog(400, 250);
    let seen: Awaited<ReturnType<typeof preview>> | undefined;
    const cost = await costOf(deps, async () => { seen = await preview(from(startMs)); });
    const bytes = 250 * Array.from({ length: 400 }, (_, at) => messageBytes(entry('x'.repeat(20 + at % 80), at % 4 === 0 ? { tags: ['fourth'] } : {})))
      .reduce((sum, one) => sum + one, 0);
    expect(seen).toMatchObject({ messages: 100_000, approximate: true, inFlight: 0, fromMs: startMs + 10, toMs: startMs + 2500 });
    expect(seen!.bytes / bytes).toBeCloseTo(1, 1);
    expect(cost.requests).toBeLessThanOrEqual(300);
    expect(cost.writeUnits).toBe(0);
  });

  it('reckons those of a selection from what it looks at, at a bounded cost', async () => {
    const startMs = await backlog(400, 250);
    let seen: Awaited<ReturnType<typeof preview>> | undefined;
    const cost = await costOf(deps, async () => { seen = await preview({ ...from(startMs), filter: { tags: ['fourth'] } }); });
    expect(seen?.approximate).toBe(true);
    expect(seen!.messages / 25_000).toBeCloseTo(1, 1);
    expect(cost.requests).toBeLessThanOrEqual(300);
  });

  it('is exact for thirty thousand', async () => {
    const startMs = await backlog(1000, 30);
    expect(await preview({ ...from(startMs), filter: { tags: ['fourth'] } })).toMatchObject({ messages: 7500, approximate: false });
  });

  it('costs no more when each was sent alone', async () => {
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    for (let sends = 0; sends < 20_000; sends += 1) await orders.send(entry(`m${sends}`));
    let seen: Awaited<ReturnType<typeof preview>> | undefined;
    const cost = await costOf(deps, async () => { seen = await preview(from(startMs)); });
    expect(seen).toMatchObject({ messages: 20_000, approximate: true });
    expect(cost.requests).toBeLessThanOrEqual(300);
    expect(cost.readUnits).toBeLessThanOrEqual(3000);
  });
});

it('changes nothing', async () => {
  const orders = await rewindable(deps);
  const [first = 0] = await hourly(deps, orders, ['a', 'b']);
  await orders.send('held', 'ready');
  const [held] = await orders.receive(1);
  const cost = await costOf(deps, () => preview(from(first)));
  expect(cost.writeUnits).toBe(0);
  expect(textsOf(await orders.receive())).toEqual(['ready']);
  expect(await orders.delete([held!])).toEqual(['deleted']);
});

it('is refused as the rewind would be', async () => {
  await newQueue(deps, {}, 'off');
  expect(await refusalOf(previewRewind(deps, { name: 'off', ...from(deps.clock.now()) }))).toBe('rewindIsOff');
  await rewindable(deps);
  expect(await refusalOf(preview(from(deps.clock.now() + 1)))).toBe('rewindOutOfRange');
  expect(await refusalOf(preview({}))).toBe('malformedRequest');
  expect(await refusalOf(preview({ from: { messageId: 'nosuch-0' } }))).toBe('messageNotFound');
  expect(await refusalOf(previewRewind(deps, { name: 'nosuch', ...from(deps.clock.now()) }))).toBe('queueNotFound');
});
