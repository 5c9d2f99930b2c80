import { describe, expect, it } from 'vitest';
import { changeVisibility } from '../../../lib/core/queue/change-visibility.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, faultyDeps, newQueue, outcomesOf, refusalOf, SKEW_MS, textsOf, throughOther } from '../queue-calls.ts';

describe('extending', () => {
  it.each([[59_999 + SKEW_MS, 0], [60_000 + SKEW_MS, 1]])('by 60 s from now: after %i ms more %i messages', async (passedMs, count) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const received = await orders.receive();
    deps.clock.advance(20_000);
    expect(await orders.change(received, 60)).toEqual(['changed']);
    deps.clock.advance(passedMs);
    expect((await throughOther(deps).receive(1)).length + (await throughOther(deps).receive(1)).length).toBe(count);
  });

  it('answers when the message is visible again', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const [received] = await orders.receive();
    deps.clock.advance(1000);
    const results = await changeVisibility(deps, { name: 'orders', entries: [{ receiptHandle: received!.receiptHandle, visibilityTimeoutSeconds: 60 }] });
    expect(results).toEqual([{ kind: 'changed', visibleAtMs: deps.clock.now() + 60_000 }]);
  });

  it('may go on without end, and the handle stays good', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const received = await orders.receive();
    for (let hours = 0; hours < 30; hours += 1) {
      expect(await orders.change(received, 7200)).toEqual(['changed']);
      deps.clock.advance(3_600_000);
      expect(await orders.receive(1, { waitSeconds: 3 })).toEqual([]);
    }
    expect(await orders.delete(received)).toEqual(['deleted']);
    deps.clock.advance(10_000_000);
    expect(await orders.receive(1, { waitSeconds: 5 })).toEqual([]);
  });

  it('still works after the timeout, until somebody else has the message', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const received = await orders.receive();
    deps.clock.advance(100_000);
    expect(await orders.change(received, 60)).toEqual(['changed']);
    expect(await throughOther(deps).receive(1, { waitSeconds: 5 })).toEqual([]);
    deps.clock.advance(60_000);
    expect((await throughOther(deps).receive(1, { waitSeconds: 5 })).length).toBe(1);
    expect(await orders.change(received, 60)).toEqual(['receiptHandleStale']);
  });
});

describe('shortening', () => {
  it.each([[4999 + SKEW_MS, 0], [5000 + SKEW_MS, 1]])('to 5 s: after %i ms %i messages', async (passedMs, count) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { visibilityTimeoutSeconds: 600 });
    await orders.send('a');
    expect(await orders.change(await orders.receive(), 5)).toEqual(['changed']);
    deps.clock.advance(passedMs);
    expect((await orders.receive()).length).toBe(count);
  });

  it('to nothing gives the message back: everybody may have it at once, counted', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const received = await orders.receive();
    expect(await orders.change(received, 0)).toEqual(['changed']);
    const again = await throughOther(deps).receive();
    expect(again.map(({ receiveCount }) => receiveCount)).toEqual([2]);
    expect(await orders.delete(received)).toEqual(['receiptHandleStale']);
    expect(await throughOther(deps).delete(again)).toEqual(['deleted']);
  });

  it('to nothing leaves the handle good until somebody takes the message', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const received = await orders.receive();
    await orders.change(received, 0);
    expect(await orders.delete(received)).toEqual(['deleted']);
    expect(await orders.receive(1, { waitSeconds: 5 })).toEqual([]);
  });

  it('may be done again and again: every time it comes back', async () => {
    const orders = await newQueue(memoryDeps());
    await orders.send('a');
    for (let times = 1; times <= 10; times += 1) {
      const received = await orders.receive(1, { waitSeconds: 3 });
      expect(received.map(({ receiveCount }) => receiveCount)).toEqual([times]);
      await orders.change(received, 0);
    }
  });
});

describe('a batch', () => {
  it('gives each message its own time', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('keeps', '5', '10', 'back', '5 too');
    const received = await orders.receive();
    const seconds = [undefined, 5, 10, 0, 5];
    const changes = received.flatMap(({ receiptHandle }, at) =>
      (seconds[at] === undefined ? [] : [{ receiptHandle, visibilityTimeoutSeconds: seconds[at] }]));
    expect(outcomesOf(await changeVisibility(deps, { name: 'orders', entries: changes }))).toEqual(['changed', 'changed', 'changed', 'changed']);

    const comesBy = async (ms: number) => {
      deps.clock.advance(ms);
      return textsOf(await orders.receive(10, { waitSeconds: 2, visibilityTimeoutSeconds: 43_200 }));
    };
    expect(await comesBy(0)).toEqual(['back']);
    expect(await comesBy(5000)).toEqual(['5', '5 too']);
    expect(await comesBy(5000)).toEqual(['10']);
    expect(await comesBy(20_000)).toEqual(['keeps']);
  });

  it('answers each entry for itself', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a', 'b', 'c');
    const [a, b, c] = await orders.receive();
    await orders.delete([b!]);
    const outcomes = outcomesOf(await changeVisibility(deps, {
      name: 'orders', entries: [a!, b!, { receiptHandle: 'made up' }, c!].map(({ receiptHandle }) => ({ receiptHandle, visibilityTimeoutSeconds: 60 })),
    }));
    expect(outcomes).toEqual(['changed', 'messageNotFound', 'receiptHandleInvalid', 'changed']);
  });

  it('counts the later of two entries with one handle', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const [a] = await orders.receive();
    const results = await changeVisibility(deps, {
      name: 'orders', entries: [600, 5].map((visibilityTimeoutSeconds) => ({ receiptHandle: a!.receiptHandle, visibilityTimeoutSeconds })),
    });
    expect(outcomesOf(results)).toEqual(['changed', 'changed']);
    deps.clock.advance(5000 + SKEW_MS);
    expect((await orders.receive()).length).toBe(1);
  });

  it('extends a few of a thousand: they stay hidden, the others come, and all handles are good', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(...entries(1000));
    const received = await orders.receive(1000);
    expect(new Set(await orders.change(received.slice(10, 20), 600))).toEqual(new Set(['changed']));
    deps.clock.advance(30_000 + SKEW_MS);
    const again = await throughOther(deps).receive(1000, { waitSeconds: 5 });
    expect(again.length).toBe(990);
    expect(new Set(await orders.delete(received.slice(10, 20)))).toEqual(new Set(['deleted']));
  });

  it.each([[-1], [43_201], [1.5]])('is refused for %d seconds', async (seconds) => {
    const deps = memoryDeps();
    await newQueue(deps);
    const request = { name: 'orders', entries: [{ receiptHandle: 'x', visibilityTimeoutSeconds: seconds }] };
    expect(await refusalOf(changeVisibility(deps, request))).toBe('parameterOutOfRange');
  });

  it('is refused without entries, with too many, and for a queue that is not there', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    const request = (name: string, count: number) => refusalOf(changeVisibility(deps, {
      name, entries: Array.from({ length: count }, () => ({ receiptHandle: 'x', visibilityTimeoutSeconds: 1 })),
    }));
    expect([await request('orders', 0), await request('orders', 1001), await request('other', 1)])
      .toEqual(['parameterOutOfRange', 'parameterOutOfRange', 'queueNotFound']);
  });
});

describe('one message changed twice', () => {
  it('is not touched by a change of its neighbour, even at the same moment', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a', 'b', 'c');
    const [a, b] = await orders.receive();
    await orders.change([a!], 60);
    await orders.change([a!], 600);
    await orders.change([b!], 60);
    deps.clock.advance(60_000 + SKEW_MS);
    expect(textsOf(await throughOther(deps).receive(10, { waitSeconds: 5 })).toSorted()).toEqual(['b', 'c']);
    expect(await orders.delete([a!])).toEqual(['deleted']);
  });
});

describe('trouble', () => {
  it('costs two writes, and changes nothing but the time', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const received = await orders.receive();
    expect(await costOf(deps, () => orders.change(received, 60))).toMatchObject({ writeUnits: 2, readUnits: 1 });
  });

  it.each(['before', 'after', 'throttle'] as const)('fails the entry, and a repeat succeeds: %s', async (fault) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('a', 'b');
    const [a] = await orders.receive();
    for (const pkPrefix of ['a/', 'c/']) {
      table.fail({ fault, method: 'put', pkPrefix });
      expect(await orders.change([a!], 60)).toEqual(['StoreUnavailable']);
      expect(await orders.change([a!], 60)).toEqual(['changed']);
    }
    deps.clock.advance(59_999);
    expect(textsOf(await orders.receive(10, { waitSeconds: 0 }))).toEqual(['b']);
    deps.clock.advance(3000);
    expect(textsOf(await orders.receive(10, { waitSeconds: 5 }))).toEqual(['a']);
  });

  it('of a delete at the same moment: the message is gone either way', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const received = await orders.receive();
    const [changed, deleted] = await Promise.all([orders.change(received, 60), throughOther(deps).delete(received)]);
    expect([['changed'], ['messageNotFound']]).toContainEqual(changed);
    expect(deleted).toEqual(['deleted']);
    deps.clock.advance(100_000);
    expect(await orders.receive(1, { waitSeconds: 5 })).toEqual([]);
  });
});
