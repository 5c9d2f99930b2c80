import { describe, expect, it } from 'vitest';
import { runPush } from '../../../lib/core/push/run-push.ts';
import { attemptsOf, type RetryPolicy } from '../../../lib/core/push/retry-policy.ts';
import { PushDropped } from '../../../lib/core/push/settle-outcomes.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { entries, newQueue, queueCalls, SKEW_MS, textsOf } from '../queue-calls.ts';
import { bodiesOf, mostAtOnce, mostInASecond, pausesIn, pushWorld, timesOf } from './push-world.ts';

const bodies = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `m${at}`).toSorted();
const custom = (delaysSeconds: readonly number[], retries?: number): RetryPolicy =>
  ({ kind: 'custom', delaysSeconds, ...(retries === undefined ? {} : { retries }) });

describe('a push', () => {
  it('sends what there is, settles it, and leaves no record', async () => {
    const { deps, orders, posts, clock, turn, incarnation } = await pushWorld();
    await orders.send(...entries(25));
    expect(await clock.run(turn())).toEqual({ kind: 'ended' });
    expect(bodiesOf(posts)).toEqual(bodies(25));
    expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 0 });
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });

  it('of nothing ends at once', async () => {
    const { clock, turn, posts, sinceMs } = await pushWorld();
    expect(await clock.run(turn())).toEqual({ kind: 'ended' });
    expect(posts).toEqual([]);
    expect(sinceMs()).toBeLessThan(100);
  });

  it('of a subscription that is gone, or not pushed any more, leaves the messages alone', async () => {
    const { deps, clock, posts, orders, turn, incarnation, subscription } = await pushWorld({ subscription: { confirmation: 'failed' } });
    await orders.send('a');
    expect(await clock.run(turn())).toEqual({ kind: 'ended' });
    subscription.confirmation = 'confirmed';
    expect(posts).toEqual([]);
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
    expect(await orders.counts()).toMatchObject({ ready: 1 });
  });

  it('sends a message that was delayed when it is due', async () => {
    const { orders, posts, runFor } = await pushWorld();
    await orders.send({ body: { kind: 'text', text: 'later' }, attributes: {}, tags: [], delaySeconds: 100 });
    await runFor(200_000);
    expect(timesOf(posts, 'later')).toEqual([100_000]);
  });

  it.each([[20, 10], [5, 10], [5, 100], [200, 10]] as const)('of a thousand messages of %d ms, %d at a time, is limited by the endpoint', async (afterMs, concurrency) => {
    const { clock, orders, posts, behave, runFor, sinceMs } = await pushWorld({ requestMs: 6, subscription: { concurrency } });
    behave(() => ({ afterMs }));
    await clock.run(orders.send(...entries(1000)));
    const begunMs = sinceMs();
    await runFor(60_000);
    expect(bodiesOf(posts)).toEqual(bodies(1000));
    expect(mostAtOnce(posts)).toBe(concurrency);
    // A few requests at the beginning, and at the end.
    expect(sinceMs() - begunMs).toBeLessThan(1000 / concurrency * afterMs * 1.05 + 100);
  });
});

describe('a limit', () => {
  it('on concurrency is never exceeded, however long deliveries take', async () => {
    const { orders, posts, behave, runFor } = await pushWorld({ requestMs: 6, subscription: { concurrency: 3 } });
    behave((_, earlier) => ({ afterMs: (earlier.length * 37) % 400 }));
    void orders.send(...entries(200));
    await runFor(60_000);
    expect(posts.length).toBe(200);
    expect(mostAtOnce(posts)).toBe(3);
  });

  it.each([7, 100, 2500])('of %d a second is never exceeded, and is reached', async (messagesPerSecond) => {
    const { orders, posts, runFor } = await pushWorld({ subscription: { messagesPerSecond, concurrency: 100 } });
    const count = Math.min(1000, messagesPerSecond * 3);
    await orders.send(...entries(count));
    await runFor(60_000);
    expect(posts.length).toBe(count);
    expect(mostInASecond(posts)).toBeLessThanOrEqual(messagesPerSecond);
    expect(posts.at(-1)!.atMs).toBeLessThanOrEqual(count * 1000 / messagesPerSecond);
  });

  it('of less than one a second holds between turns too, and when something is published meanwhile', async () => {
    const { orders, posts, runFor, clock, sinceMs } = await pushWorld({ subscription: { messagesPerSecond: 0.02 } });
    await orders.send('a');
    expect(await runFor(1000)).toEqual([50_000]);
    await orders.send('b', 'c');
    expect(await runFor(1000)).toEqual([50_000]);
    clock.advance(50_000 - sinceMs());
    await runFor(200_000);
    expect(posts.map(({ atMs }) => atMs)).toEqual([0, 50_000, 100_000]);
  });
});

describe('a message that is not accepted', () => {
  it('comes again at the times that the policy says, and once it is accepted no more', async () => {
    const { orders, posts, behave, runFor } = await pushWorld();
    behave((_, earlier) => ({ status: earlier.length < 12 ? 500 : 200 }));
    await orders.send('a');
    const dues = await runFor(3_600_000);
    expect(posts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 13 }, (_, at) => at + 1));
    const seconds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 512];
    expect(pausesIn(timesOf(posts, 'a'))).toEqual(seconds.map((pause) => pause * 1000 + SKEW_MS));
    // Short pauses are slept through; a longer one ends the turn until then.
    expect(dues).toEqual(posts.slice(6).map(({ atMs }) => atMs));
    expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 0 });
  });

  it('backs off ten to twenty seconds, three times', async () => {
    const { deps, orders, posts, behave, runFor } = await pushWorld({ subscription: { retry: { kind: 'backoff' } } });
    behave(() => ({ status: 503 }));
    await orders.send(...entries(20));
    await runFor(200_000);
    const pauses = bodies(20).flatMap((body) => pausesIn(timesOf(posts, body)));
    expect(pauses.length).toBe(60);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20_000);
    expect(new Set(pauses).size).toBeGreaterThan(5);
    expect(deps.faults.length).toBe(20);
  });

  it('has failed too when there is no answer within fifteen seconds', async () => {
    const { orders, posts, behave, runFor } = await pushWorld({ subscription: { retry: custom([5, 300]) } });
    behave(({ attempt }) => ({ afterMs: attempt < 3 ? 15_001 : 15_000 }));
    await orders.send('a');
    await runFor(600_000);
    expect(timesOf(posts, 'a')).toEqual([0, 20_000 + SKEW_MS, 335_000 + 2 * SKEW_MS]);
  });

  it('moves to the dead-letter queue after its last attempt', async () => {
    const retry = custom([1, 30], 3);
    const { deps, posts, behave, runFor, clock, orders } = await pushWorld({ subscription: { retry } });
    const failed = await newQueue(deps, {}, 'failed');
    await changeQueue(deps, { name: 'orders', changes: { deadLetter: { queue: 'failed', maxReceiveCount: attemptsOf(retry) } } });
    clock.advance(2000);
    behave(({ body }) => ({ status: body === 'poison' ? 400 : 200 }));
    await orders.send('a', 'poison', 'b');
    await runFor(300_000);
    expect(bodiesOf(posts)).toEqual(['a', 'b', 'poison', 'poison', 'poison', 'poison']);
    expect(textsOf(await failed.receiveAll())).toEqual(['poison']);
    expect(await queueCalls(deps).counts()).toMatchObject({ ready: 0, inFlight: 0 });
    expect(deps.faults).toEqual([]);
  });

  it('without a dead-letter queue is dropped after its last attempt, and that is reported', async () => {
    const { deps, orders, posts, behave, runFor } = await pushWorld({ subscription: { retry: custom([1]) } });
    behave(() => ({ status: 404 }));
    const [messageId] = await orders.send('a');
    await runFor(300_000);
    expect(posts.length).toBe(2);
    expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 0 });
    expect(deps.faults).toEqual([expect.any(PushDropped)]);
    expect(deps.faults[0]).toMatchObject({ messageId, message: expect.stringContaining('answered 404') });
  });

  it('does not stop its subscription, nor do ten that get no answer', async () => {
    const { orders, posts, behave, runFor } = await pushWorld({ subscription: { concurrency: 12 } });
    const isPoison = (body: string): boolean => Number(body.slice(1)) < 10;
    behave(({ body }) => (isPoison(body) ? { afterMs: 99_999 } : { afterMs: 10 }));
    await orders.send(...entries(300));
    await runFor(15_000);
    const others = posts.filter(({ body }) => !isPoison(body));
    expect(others.length).toBe(290);
    expect(Math.max(...others.map(({ atMs }) => atMs))).toBeLessThan(290 / 2 * 10 * 1.3);
  });

  it('is not counted as tried when it only waited for its turn behind others', async () => {
    const { clock, orders, posts, behave, runFor } = await pushWorld({ requestMs: 10, subscription: { retry: { kind: 'backoff' }, concurrency: 4 } });
    // Fast at first, so that many are received at once; then an answer takes its time.
    behave((_, earlier) => ({ afterMs: earlier.length < 600 ? 1 : 14_000 }));
    await clock.run(orders.send(...entries(700)));
    await runFor(900_000);
    expect(posts.length).toBe(700);
    expect(new Set(posts.map(({ attempt }) => attempt))).toEqual(new Set([1]));
  });
});

describe('a turn', () => {
  it('that is over hands on the rest, and nothing comes twice', async () => {
    const { clock, orders, posts, behave, turn, newProcess, deps, incarnation } = await pushWorld({ requestMs: 2 });
    behave(() => ({ afterMs: 100 }));
    await clock.run(orders.send(...entries(100)));
    const ends: string[] = [];
    while (ends.at(-1) !== 'ended') {
      ends.push((await clock.run(turn(newProcess(), { untilMs: clock.now() + 250 }))).kind);
      if (ends.length === 1) expect(await clock.run(deps.jobs.readPush(incarnation))).toMatchObject({ runnerUntilMs: 0, dueAtMs: clock.now() - 4 });
    }
    expect(ends).toEqual(['goesOn', 'goesOn', 'goesOn', 'goesOn', 'ended']);
    expect(bodiesOf(posts)).toEqual(bodies(100));
  });

  it('that is told to stop waits a moment for answers, and gives back the rest for the next one at once', async () => {
    const { clock, orders, posts, behave, turn, newProcess, runFor, sinceMs } = await pushWorld();
    behave(({ body, attempt }) => ({ afterMs: attempt === 1 && body === 'slow' ? 10_000 : 1500 }));
    await orders.send('quick', 'slow');
    const stopping = new AbortController();
    const stopped = turn(newProcess(), { signal: stopping.signal });
    await clock.run(clock.sleep(1000));
    stopping.abort();
    expect(await clock.run(stopped)).toMatchObject({ kind: 'goesOn' });
    expect(sinceMs()).toBe(3000);
    await runFor(60_000, newProcess());
    expect(timesOf(posts, 'quick')).toEqual([0]);
    expect(timesOf(posts, 'slow')).toEqual([0, 3000]);
  });

  it('ends when its subscription is gone', async () => {
    const { clock, orders, behave, newProcess, incarnation, subscription, deps } = await pushWorld({ subscription: { concurrency: 1 } });
    behave(() => ({ afterMs: 1000 }));
    await orders.send(...entries(60));
    let isThere = true;
    const done = runPush(newProcess(), {
      incarnation, find: async () => (isThere ? { ...subscription } : undefined), turn: { untilMs: Number.POSITIVE_INFINITY },
    });
    await clock.run(clock.sleep(500));
    isThere = false;
    expect(await clock.run(done)).toEqual({ kind: 'ended' });
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });
});
