/** Long because: every rule of receiving, the widest operation there is, in one place. */
import { timing } from '../../../lib/core/timing.ts';
import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, faultyDeps, newQueue, queueCalls, refusalOf, SKEW_MS, textsOf, throughOther } from '../queue-calls.ts';

/** A process that sleeps until it is woken: without that a test would end by its time limit. */
function patientDeps(): MemoryDeps {
  const deps = memoryDeps();
  const sleep = (_: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => { signal?.addEventListener('abort', () => resolve(), { once: true }); });
  return { ...deps, system: { ...deps.system, sleep } };
}

/** Lets everything go on that does not wait for time. */
const otherTurns = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => { setImmediate(resolve); });
};

describe('visibility timeout', () => {
  it('hides a received message from everybody, the same consumer too', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const [received] = await orders.receive();
    expect(received).toMatchObject({ receiveCount: 1, visibleAtMs: deps.clock.now() + 30_000, firstReceivedAtMs: deps.clock.now() });
    expect([await orders.receive(), await throughOther(deps).receive()]).toEqual([[], []]);
  });

  it.each([
    ['30 s of the queue', {}, 30_000], ['1 s of the receive', { visibilityTimeoutSeconds: 1 }, 1000],
    ['100 s of the receive', { visibilityTimeoutSeconds: 100 }, 100_000], ['12 h of the receive', { visibilityTimeoutSeconds: 43_200 }, 43_200_000],
  ])('of %s ends to the millisecond, plus the margin for clocks', async (_, options, timeoutMs) => {
    for (const [waitedMs, count] of [[timeoutMs + SKEW_MS - 1, 0], [timeoutMs + SKEW_MS, 1]] as const) {
      const deps = memoryDeps();
      const orders = await newQueue(deps);
      await orders.send('a');
      await orders.receive(1, options);
      // As a consumer does that is there all the time.
      deps.clock.advance(Math.min(61_000, waitedMs / 2));
      expect(await orders.receive()).toEqual([]);
      deps.clock.advance(waitedMs - Math.min(61_000, waitedMs / 2));
      expect((await orders.receive()).length).toBe(count);
    }
  });

  it('ends for a consumer that comes only then', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    await orders.receive();
    deps.clock.advance(30_000 + SKEW_MS);
    const others = throughOther(deps);
    expect((await others.receive(1, { waitSeconds: 2 })).map(({ receiveCount }) => receiveCount)).toEqual([2]);
  });

  it('longer than a minute costs an alarm, and the message still comes once only', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { visibilityTimeoutSeconds: 600 });
    await orders.send('a');
    await orders.receive();
    let received = 0;
    for (let minutes = 0; minutes < 10; minutes += 1) {
      deps.clock.advance(60_100);
      received += (await orders.receive()).length;
    }
    expect(received).toBe(1);
  });

  it('counts up with every redelivery, under a new receipt handle, and keeps the first time', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const [messageId] = await orders.send('a');
    const firstAtMs = deps.clock.now();
    const handles = new Set<string>();
    for (let times = 1; times <= 5; times += 1) {
      const [received] = await orders.receive(1, { waitSeconds: 5 });
      expect(received).toMatchObject({ messageId, receiveCount: times, firstReceivedAtMs: firstAtMs, enqueuedAtMs: firstAtMs });
      handles.add(received?.receiptHandle ?? '');
      deps.clock.advance(30_000 + SKEW_MS);
    }
    expect(handles.size).toBe(5);
  });
});

describe('what is asked for', () => {
  it('bounds the answer', async () => {
    const orders = await newQueue(memoryDeps());
    await orders.send(...entries(10));
    expect(textsOf(await orders.receive(4))).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(textsOf(await orders.receive(4))).toEqual(['m4', 'm5', 'm6', 'm7']);
    expect(textsOf(await orders.receive(4))).toEqual(['m8', 'm9']);
  });

  it('of four and six out of ten leaves each with its own holder and count', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(...entries(10));
    await orders.receive(10);
    deps.clock.advance(30_000 + SKEW_MS);
    const four = await orders.receive(4);
    const six = await orders.receive(10, { waitSeconds: 3 });
    expect([four.length, six.length]).toEqual([4, 6]);
    expect([...four, ...six].map(({ receiveCount }) => receiveCount)).toEqual(Array.from({ length: 10 }, () => 2));
    expect(new Set([...four, ...six].map(({ messageId }) => messageId)).size).toBe(10);
  });

  it.each([
    [{ maxMessages: 0 }], [{ maxMessages: 1001 }], [{ maxMessages: 1, waitSeconds: 31 }], [{ maxMessages: 1, waitSeconds: -1 }],
    [{ maxMessages: 1, visibilityTimeoutSeconds: 0 }], [{ maxMessages: 1, visibilityTimeoutSeconds: 43_201 }],
  ])('is refused beyond the limits: %j', async (request) => {
    const deps = memoryDeps();
    await newQueue(deps);
    expect(await refusalOf(receiveMessages(deps, { name: 'orders', ...request }))).toBe('parameterOutOfRange');
  });

  it.each([[{}, 20], [{ waitSecondsMax: 27 }, 27], [{ waitSecondsMax: 40 }, 30]])('waits for as long as the caller bears, and no longer than was asked for: %j', async (bears, seconds) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { receiveWaitSeconds: 30 });
    const beforeMs = deps.clock.now();
    expect(await orders.receive(1, bears)).toEqual([]);
    expect(Math.round((deps.clock.now() - beforeMs) / 1000)).toBe(seconds);
  });

  it('is refused of a queue that is not there', async () => {
    expect(await refusalOf(receiveMessages(memoryDeps(), { name: 'orders', maxMessages: 1 }))).toBe('queueNotFound');
  });

  it('is cut where an answer would become too large, and the rest comes next', async () => {
    const orders = await newQueue(memoryDeps());
    const large = 'x'.repeat(1_000_000);
    for (let sends = 0; sends < 6; sends += 1) await orders.send(`${sends}${large}`);
    const first = await orders.receive(10);
    expect(first.length).toBe(4);
    expect(first.reduce((sum, { body }) => sum + (body.kind === 'text' ? body.text.length : 0), 0)).toBeLessThan(limits.answerBytes.max);
    expect((await orders.receive(10)).length).toBe(2);
  });

  it('is cut among messages that fall due again, too', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(`a${'x'.repeat(1_000_000)}`, `b${'x'.repeat(1_000_000)}`);
    for (let receives = 0; receives < 3; receives += 1) await orders.receive(2);
    deps.clock.advance(30_000 + SKEW_MS);
    const again = await orders.receive(10, { waitSeconds: 3 });
    expect(again.length).toBeGreaterThanOrEqual(4);
    expect(again.length).toBeLessThanOrEqual(5);
    const rest = await orders.receive(10, { waitSeconds: 3 });
    expect(again.length + rest.length).toBe(6);
  });
});

describe('several consumers', () => {
  it('of several processes share the messages: each comes once', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    for (let sends = 0; sends < 50; sends += 1) await orders.send(...entries(4));
    const consumers = Array.from({ length: 8 }, () => throughOther(deps));
    const shares = await Promise.all(consumers.map((consumer) => consumer.receiveAll()));
    const ids = shares.flat().map(({ messageId }) => messageId);
    expect(ids.length).toBe(200);
    expect(new Set(ids).size).toBe(200);
  });

  it('share what falls due again: each message is with one of them', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    for (let sends = 0; sends < 10; sends += 1) await orders.send(...entries(10));
    await orders.receiveAll();
    deps.clock.advance(30_000 + SKEW_MS);
    const consumers = Array.from({ length: 5 }, () => throughOther(deps));
    const shares = await Promise.all(consumers.map(async (consumer) => {
      const share = [];
      for (let looks = 0; looks < 30; looks += 1) share.push(...await consumer.receive(7, { waitSeconds: 0 }), ...await consumer.receive(7));
      return share;
    }));
    deps.clock.advance(3000);
    const rest = await orders.receiveAll();
    const ids = [...shares.flat(), ...rest].map(({ messageId }) => messageId);
    expect(ids.length).toBe(100);
    expect(new Set(ids).size).toBe(100);
  });

  it('with clocks up to 200 ms apart never hold one message together', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const [held] = await orders.receive();
    const ahead = memoryDeps({ world: { ...deps.world, system: { ...deps.world.system, now: () => (deps.clock.now() + 200) as ReturnType<typeof deps.clock.now> } } });
    deps.clock.advance(29_999);
    expect(await queueCalls(ahead).receive()).toEqual([]);
    expect(held?.visibleAtMs).toBeGreaterThan(deps.clock.now());
    deps.clock.advance(2000);
    expect((await queueCalls(ahead).receive()).length).toBe(1);
  });

  it('get old messages and new ones: neither starves the other', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(...entries(20));
    await orders.receive(20);
    deps.clock.advance(30_000 + SKEW_MS);
    await orders.send(...entries(20));
    const answer = await orders.receive(10);
    expect(answer.filter(({ receiveCount }) => receiveCount === 2).length).toBe(5);
    expect(answer.filter(({ receiveCount }) => receiveCount === 1).length).toBe(5);
  });
});

describe('waiting', () => {
  it('ends with an empty answer when the time is over, and not before', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const startMs = deps.clock.now();
    expect(await orders.receive(1, { waitSeconds: 20 })).toEqual([]);
    expect(deps.clock.now() - startMs).toBe(20_000);
  });

  it("is the queue's own where the consumer does not say", async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { receiveWaitSeconds: 7 });
    const startMs = deps.clock.now();
    await orders.receive();
    expect(deps.clock.now() - startMs).toBe(7000);
    await orders.receive(1, { waitSeconds: 0 });
    expect(deps.clock.now() - startMs).toBe(7000);
  });

  it('ends as soon as this process sends to the queue, not when it sends to another', async () => {
    const deps = patientDeps();
    const orders = await newQueue(deps);
    const others = await newQueue(deps, {}, 'others');
    let answer: readonly string[] | undefined;
    const waiting = orders.receive(1, { waitSeconds: 20 }).then((messages) => { answer = textsOf(messages); });
    await otherTurns();
    await others.send('not this');
    await otherTurns();
    expect(answer).toBeUndefined();
    await orders.send('this');
    await waiting;
    expect(answer).toEqual(['this']);
  });

  it('ends when a message is given back in this process', async () => {
    const deps = patientDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const held = await orders.receive();
    const waiting = orders.receive(1, { waitSeconds: 20 });
    await otherTurns();
    await orders.change(held, 0);
    expect((await waiting).map(({ receiveCount }) => receiveCount)).toEqual([2]);
  });

  it('ends when the caller goes away, and claims nothing for him', async () => {
    const deps = patientDeps();
    const orders = await newQueue(deps);
    const caller = new AbortController();
    const waiting = orders.receive(1, { waitSeconds: 20, signal: caller.signal });
    await otherTurns();
    caller.abort();
    expect(await waiting).toEqual([]);
    await orders.send('a');
    expect(await orders.receive(1, { signal: caller.signal })).toEqual([]);
    expect(textsOf(await orders.receive())).toEqual(['a']);
  });

  it('sees what another process sends within a poll', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.receive();
    const waiting = orders.receive(1, { waitSeconds: 20 });
    await throughOther(deps).send('a');
    const sentAtMs = deps.clock.now();
    expect(textsOf(await waiting)).toEqual(['a']);
    expect(deps.clock.now() - sentAtMs).toBeLessThanOrEqual(1250);
  });

  it('uses new settings of the queue within a second', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const others = throughOther(deps);
    await others.receive(1, { visibilityTimeoutSeconds: 1 });
    await changeQueue(deps, { name: 'orders', changes: { visibilityTimeoutSeconds: 100 } });
    deps.clock.advance(1200);
    const [received] = await others.receive();
    expect(received?.visibleAtMs).toBe(deps.clock.now() + 100_000);
  });
});

describe('retention', () => {
  it.each([[59_999, 1], [60_000, 0]])('of 60 s: after %i ms %i messages', async (passedMs, count) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 60 });
    await orders.send('a');
    deps.clock.advance(passedMs);
    expect((await orders.receive()).length).toBe(count);
  });

  it('ends also for a message that was received and not deleted', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 60 });
    await orders.send('a');
    await orders.receive();
    deps.clock.advance(61_000);
    expect(await orders.receive(1, { waitSeconds: 5 })).toEqual([]);
  });

  it('of messages in front does not hold up those behind', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 60 });
    for (let sends = 0; sends < 20; sends += 1) await orders.send('old');
    deps.clock.advance(60_000);
    await orders.send('new');
    expect(textsOf(await throughOther(deps).receive(1))).toEqual(['new']);
  });

  it('is known without fetching what was put in the object store', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 60, inlineSegmentBytes: 0 });
    for (let sends = 0; sends < 20; sends += 1) await orders.send('old');
    deps.clock.advance(60_000);
    expect((await costOf(deps, () => throughOther(deps).receive())).objectGets).toBe(0);
  });

  it('shortened applies to all messages, lengthened to later ones', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 1000 });
    await orders.send('a');
    await changeQueue(deps, { name: 'orders', changes: { retentionSeconds: 100 } });
    deps.clock.advance(100_000);
    expect(await orders.receive()).toEqual([]);

    await orders.send('b');
    await changeQueue(deps, { name: 'orders', changes: { retentionSeconds: 1000 } });
    await orders.send('c');
    deps.clock.advance(100_000);
    expect(textsOf(await orders.receiveAll())).toEqual(['c']);
  });
});

describe('cost', () => {
  it('is one write, and what it reads, up to a segment', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('warm');
    await orders.receive();
    await orders.send('a');
    deps.clock.advance(timing.pollMinMs);
    expect(await costOf(deps, () => orders.receive())).toMatchObject({ writeUnits: 1, readUnits: 1, requests: 3 });
  });

  it('of an empty receive is one read unit', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.receive();
    deps.clock.advance(timing.pollMinMs);
    expect(await costOf(deps, () => orders.receive())).toMatchObject({ writeUnits: 0, readUnits: 1, requests: 2 });
  });

  it('of a look for alarms is paid once in a while, however fast a consumer asks', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.receive();
    deps.clock.advance(timing.pollMinMs - 1);
    expect(await costOf(deps, () => orders.receive())).toMatchObject({ writeUnits: 0, readUnits: 0.5, requests: 1 });
  });

  it('of one message at a time does not contain the segment again and again', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(...entries(16));
    await orders.receive();
    expect(await costOf(deps, () => orders.receive())).toMatchObject({ writeUnits: 1, readUnits: 0, requests: 1 });
  });

  it('does not grow with what is in flight', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    for (let sends = 0; sends < 100; sends += 1) await orders.send(...entries(100));
    await orders.receiveAll({ visibilityTimeoutSeconds: 43_200 });
    for (let looks = 0; looks < 10; looks += 1) {
      deps.clock.advance(61_000);
      await orders.receive();
    }
    deps.clock.advance(timing.pollMinMs);
    expect(await costOf(deps, () => orders.receive())).toMatchObject({ writeUnits: 0, readUnits: 1, requests: 2 });
  });
});

describe('trouble', () => {
  it.each(['before', 'after', 'throttle'] as const)('with a claim hides no message for longer than the timeout: %s', async (fault) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    table.fail({ fault, method: 'put', pkPrefix: 'c/' });
    await expect(orders.receive()).rejects.toThrow(StoreUnavailable);
    deps.clock.advance(30_000 + SKEW_MS);
    expect(textsOf(await orders.receive(1, { waitSeconds: 3 }))).toEqual(['a']);
  });

  it('with what is new does not cost the consumer what fell due again', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('old');
    await orders.receive();
    deps.clock.advance(30_000 + SKEW_MS);
    await orders.send('new');
    table.fail({ fault: 'throttle', method: 'put', pkPrefix: 'c/', after: 1 });
    expect(textsOf(await orders.receive(10))).toEqual(['old']);
    expect(deps.faults.length).toBe(1);
    expect(textsOf(await orders.receive(10))).toEqual(['new']);
  });

  it('with one alarm does not cost the consumer what another gave', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send(entry('a', { delaySeconds: 3 }));
    await orders.send(entry('b', { delaySeconds: 3 }));
    deps.clock.advance(3000);
    table.fail({ fault: 'throttle', method: 'put', pkPrefix: 'c/', after: 1 });
    expect((await orders.receive(10)).length).toBe(1);
    expect((await orders.receive(10)).length).toBe(1);
  });
});
