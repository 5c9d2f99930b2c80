import { describe, expect, it } from 'vitest';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue, refusalOf, SKEW_MS, textsOf, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, HOUR_MS, hourly, rewind, rewindable, rewindTo, WEEK_SECONDS } from '../rewind-calls.ts';

describe('a rewind', () => {
  it('hands out again what was consumed from an instant on, and nothing from before it', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [, second = 0] = await hourly(deps, orders, ['a', 'b', 'c']);
    const { effectiveAtMs } = await rewindTo(deps, second);
    expect(effectiveAtMs).toBe(deps.clock.now() + EFFECTIVE_MS);
    deps.clock.advance(EFFECTIVE_MS - SKEW_MS - 1);
    expect(await orders.receive()).toEqual([]);
    deps.clock.advance(SKEW_MS + 1);
    expect(await consume(throughOther(deps))).toEqual(['b', 'c']);
    deps.clock.advance(200_000);
    expect(await consume(orders)).toEqual([]);
  });

  it('begins exactly at a message, given its id', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [, second] = await orders.send('a', 'b', 'c');
    await consume(orders);
    await rewind(deps, { from: { messageId: second! } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['b', 'c']);
  });

  it('wakes consumers that wait when it takes effect', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send('a');
    await consume(orders);
    const { effectiveAtMs } = await rewindTo(deps, deps.clock.now());
    expect(textsOf(await orders.receive(10, { waitSeconds: 20 }))).toEqual(['a']);
    expect(deps.clock.now()).toBe(effectiveAtMs);
  });

  it('lets consumers go on as before until it takes effect', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send('a');
    await rewindTo(deps, deps.clock.now());
    const received = await orders.receive();
    expect(textsOf(received)).toEqual(['a']);
    expect(await orders.delete(received)).toEqual(['deleted']);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['a']);
  });

  it('refuses receipt handles at or after the start, by an error of their own', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send('a', 'b');
    const received = await orders.receive();
    await rewind(deps, { from: { messageId: received[1]!.messageId } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await orders.change(received, 60)).toEqual(['changed', 'receiptHandleRewound']);
    expect(await orders.delete(received)).toEqual(['deleted', 'receiptHandleRewound']);
    expect(textsOf(await orders.receive())).toEqual(['b']);
  });

  it('brings back what was purged', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const sentMs = deps.clock.now();
    await orders.send('ready', entry('delayed', { delaySeconds: 60 }));
    await purgeQueue(deps, { name: 'orders' });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual([]);
    await rewindTo(deps, sentMs);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['ready']);
    deps.clock.advance(60_000);
    expect(await consume(orders)).toEqual(['delayed']);
  });
});

describe('below the start of a rewind', () => {
  it('what is held, delayed or was never received goes on, and is delivered once', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send('held', entry('far', { delaySeconds: 7200 }));
    await orders.receive(1);
    await orders.send('never received');
    deps.clock.advance(10_000);
    const startMs = deps.clock.now();
    await orders.send('above');
    await rewindTo(deps, startMs);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['above', 'never received']);
    deps.clock.advance(70_000);
    expect(await consume(orders)).toEqual(['held']);
    deps.clock.advance(7_200_000);
    expect(await consume(throughOther(deps))).toEqual(['far']);
    deps.clock.advance(7_200_000);
    expect(await consume(orders)).toEqual([]);
  });

  it('goes on alone, where it was received together with what is above', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send('below', 'above');
    const [, above] = await orders.receive();
    await rewind(deps, { from: { messageId: above!.messageId } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['above']);
    deps.clock.advance(70_000);
    expect(await consume(throughOther(deps))).toEqual(['below']);
    deps.clock.advance(70_000);
    expect(await consume(orders)).toEqual([]);
  });

  it('costs a poll nothing any more once nothing is left', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [, second = 0] = await hourly(deps, orders, ['a', 'b']);
    const poll = () => costOf(deps, () => orders.receive());
    for (let polls = 0; polls < 50; polls += 1) { deps.clock.advance(2000); await orders.receive(); }
    deps.clock.advance(100);
    const before = await poll();
    await rewindTo(deps, second);
    deps.clock.advance(EFFECTIVE_MS);
    await consume(orders);
    for (let polls = 0; polls < 100; polls += 1) { deps.clock.advance(2000); await orders.receive(); }
    deps.clock.advance(100);
    expect((await poll()).readUnits).toBeLessThanOrEqual(before.readUnits);
  });
});

describe('of delayed messages a rewind', () => {
  it('hands out again those that were received, and leaves the others to their time', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    await orders.send(entry('soon', { delaySeconds: 5 }), entry('later', { delaySeconds: 600 }), entry('in a year', { delaySeconds: 31_536_000 }));
    deps.clock.advance(5000);
    expect(await consume(orders)).toEqual(['soon']);
    await rewindTo(deps, startMs);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['soon']);
    deps.clock.advance(590_000);
    expect(await consume(orders)).toEqual([]);
    deps.clock.advance(10_000);
    expect(await consume(throughOther(deps))).toEqual(['later']);
    deps.clock.advance(31_536_000_000);
    expect(await consume(throughOther(deps))).toEqual(['in a year']);
  });

  it('lets one be cancelled once consumers have come to it', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    const [messageId] = await orders.send(entry('later', { delaySeconds: 600 }));
    await rewindTo(deps, startMs);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await orders.delete([{ messageId: messageId! }])).toEqual(['queueIsChanging']);
    await orders.receive();
    expect(await orders.delete([{ messageId: messageId! }])).toEqual(['deleted']);
    deps.clock.advance(700_000);
    expect(await consume(orders)).toEqual([]);
  });

  it('lets those of one send be cancelled together, each in the chain that has it', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [below, above] = await orders.send(entry('below', { delaySeconds: 600 }), entry('above', { delaySeconds: 600 }));
    await rewind(deps, { from: { messageId: above! } });
    deps.clock.advance(EFFECTIVE_MS);
    const both = [{ messageId: below! }, { messageId: above! }];
    expect(await orders.delete(both)).toEqual(['deleted', 'queueIsChanging']);
    await orders.receive();
    expect(await orders.delete(both)).toEqual(['deleted', 'deleted']);
    deps.clock.advance(700_000);
    expect(await consume(orders)).toEqual([]);
  });
});

describe('what a rewind refuses', () => {
  it('a queue that keeps nothing, a start out of range, no start, an unknown message', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'off');
    expect(await refusalOf(rewindQueue(deps, { name: 'off', from: { atMs: epochMs(deps.clock.now()) } }))).toBe('rewindIsOff');
    await rewindable(deps);
    expect(await refusalOf(rewindTo(deps, deps.clock.now() - WEEK_SECONDS * 1000 - 1))).toBe('rewindOutOfRange');
    expect(await refusalOf(rewindTo(deps, deps.clock.now() + 1))).toBe('rewindOutOfRange');
    expect(await refusalOf(rewind(deps, {}))).toBe('malformedRequest');
    expect(await refusalOf(rewind(deps, { from: { messageId: 'nosuch-0' } }))).toBe('messageNotFound');
  });

  it('a second one while the first takes effect', async () => {
    const deps = memoryDeps();
    await rewindable(deps);
    await rewindTo(deps, deps.clock.now());
    expect(await refusalOf(rewindTo(deps, deps.clock.now()))).toBe('queueIsChanging');
    expect(await refusalOf(rewind(deps, { from: { atMs: epochMs(deps.clock.now()) }, filter: { tags: ['a'] } }))).toBe('queueIsChanging');
  });
});

it('costs at most twenty write units and a search per shard, whatever the backlog', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  const startMs = deps.clock.now();
  for (let sends = 0; sends < 64; sends += 1) { deps.clock.advance(10); await orders.send(...entries(10)); }
  const cost = await costOf(deps, () => rewindTo(deps, startMs + 300));
  expect(cost.writeUnits).toBeLessThanOrEqual(20);
  expect(cost.requests).toBeLessThanOrEqual(30);
});

it('finds a message wherever it is after a rewind', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  const [below] = await orders.send('below');
  await consume(orders);
  deps.clock.advance(HOUR_MS);
  const [above] = await orders.send('above');
  await consume(orders);
  await rewindTo(deps, deps.clock.now());
  deps.clock.advance(EFFECTIVE_MS);
  const stateOf = async (messageId: string) => (await findMessage(deps, { name: 'orders', messageId })).state;
  expect([await stateOf(below!), await stateOf(above!)]).toEqual(['deleted', 'ready']);
  expect(await orders.counts()).toMatchObject({ ready: 1, inFlight: 0 });
});
