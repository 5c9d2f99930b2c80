import { describe, expect, it } from 'vitest';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, newQueue, queueCalls, SKEW_MS, throughOther } from '../queue-calls.ts';

const received = async (count: number) => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send(...entries(count));
  return { deps, orders, deliveries: await orders.receive(count) };
};

describe('a hold that is a set', () => {
  it('is settled in parts without a read, whoever settled before', async () => {
    const { deps, orders, deliveries } = await received(64);
    for (const part of [deliveries.slice(0, 1), deliveries.slice(40), deliveries.slice(1, 40)]) {
      expect(await costOf(deps, () => orders.delete(part))).toMatchObject({ readUnits: 0, requests: 1 });
    }
  });
});

describe('a hold that is a range', () => {
  it('is settled whole by one write, and in part after a look', async () => {
    const { deps, orders, deliveries } = await received(65);
    expect(await costOf(deps, () => orders.delete(deliveries.slice(30, 31)))).toMatchObject({ requests: 2 });
    const whole = await received(65);
    expect(await costOf(whole.deps, () => whole.orders.delete(whole.deliveries))).toMatchObject({ writeUnits: 1, requests: 1 });
    deps.clock.advance(30_000 + SKEW_MS);
    expect((await orders.receive(100, { waitSeconds: 3 })).length).toBe(64);
  });

  it.each([['one process', false], ['processes of their own', true]])('is settled by fifty at once, each one message: from %s', async (_, isApart) => {
    const { deps, orders, deliveries } = await received(1000);
    const answers = await Promise.all(deliveries.slice(0, 50).map((delivery) =>
      (isApart ? throughOther(deps) : queueCalls(deps)).delete([delivery])));
    expect(new Set(answers.flat())).toEqual(new Set(['deleted']));
    deps.clock.advance(30_000 + SKEW_MS);
    expect((await orders.receive(1000, { waitSeconds: 3 })).length).toBe(950);
  });
});

describe('what was extended one by one', () => {
  it.each([[20], [100]])('is settled together, all %i', async (count) => {
    const { deps, orders, deliveries } = await received(count);
    for (const delivery of deliveries) {
      deps.clock.advance(1);
      await orders.change([delivery], 600);
    }
    let answers: readonly string[] = [];
    expect((await costOf(deps, async () => { answers = await orders.delete(deliveries); })).requests).toBeLessThanOrEqual(4);
    expect(new Set(answers)).toEqual(new Set(['deleted']));
    deps.clock.advance(700_000);
    expect(await orders.receive(1000, { waitSeconds: 3 })).toEqual([]);
  });
});

describe('the alarm of a lease', () => {
  it('goes with its last message, and not before', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a', 'b');
    const [a, b] = await orders.receive(2, { visibilityTimeoutSeconds: 1 });
    const listed = () => deps.leases.listAlarms({ chain: chainOf(a!.receiptHandle), limit: 10 });
    await orders.delete([a!]);
    expect((await listed()).length).toBe(1);
    await orders.delete([b!]);
    expect(await listed()).toEqual([]);
  });
});

const chainOf = (receiptHandle: string): string => receiptHandle.split(':')[1] ?? '';
