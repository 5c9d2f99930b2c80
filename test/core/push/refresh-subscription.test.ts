import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { findPushSubscription } from '../../../lib/core/push/find-push-subscription.ts';
import type { PushRequest } from '../../../lib/core/push/push-settings.ts';
import type { FindPushSubscription, PushSubscription } from '../../../lib/core/push/push-subscription.ts';
import { runPush } from '../../../lib/core/push/run-push.ts';
import { changeSubscription } from '../../../lib/core/topic/change-subscription.ts';
import { entries } from '../queue-calls.ts';
import { topicCalls } from '../topic-calls.ts';
import { type Answer, bodiesOf, mostAtOnce, mostInASecond, type PushWorld, pushWorld, timesOf } from './push-world.ts';

/** A runner that has been busy for half a second, with a subscription that is about to be changed. */
async function busy(subscription: Partial<PushSubscription>, messages: number, answer: Answer): Promise<PushWorld & { readonly done: Promise<unknown> }> {
  const world = await pushWorld({ subscription });
  world.behave(() => answer);
  await world.orders.send(...entries(messages));
  const done = world.turn();
  await world.clock.run(world.clock.sleep(500));
  return { ...world, done };
}

const CHANGED_MS = 500;
/** When the runner knows of it. */
const KNOWN_MS = CHANGED_MS + 1000;

describe('a runner of pushes that is busy', () => {
  it('takes up another concurrency within a second, also while every place is taken', async () => {
    const { clock, posts, subscription, done, sinceMs } = await busy({ concurrency: 1 }, 41, { afterMs: 5000 });
    subscription.concurrency = 40;
    await clock.run(clock.sleep(KNOWN_MS + 100 - sinceMs()));
    expect(posts.length).toBe(40);
    await clock.run(done);
    expect(mostAtOnce(posts)).toBe(40);
  });

  it('sends to another endpoint what begins a second later, and still settles what is on its way', async () => {
    const { clock, posts, orders, subscription, done } = await busy({ concurrency: 3 }, 30, { afterMs: 700 });
    subscription.delivery = { kind: 'http', url: 'https://new.example/', format: 'raw' };
    await clock.run(done);
    const [before, after] = [posts.filter(({ url }) => url === 'https://example.com/'), posts.filter(({ url }) => url === 'https://new.example/')];
    expect(Math.max(...before.map(({ atMs }) => atMs))).toBeLessThanOrEqual(KNOWN_MS);
    expect(Math.min(...after.map(({ atMs }) => atMs))).toBeLessThanOrEqual(KNOWN_MS + 700);
    expect(bodiesOf(posts).length).toBe(30);
    expect(new Set(bodiesOf(posts)).size).toBe(30);
    expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 0 });
  });

  it.each([
    ['a higher rate', 0.1, 50, 1500],
    ['no rate any more', 0.1, undefined, 1500],
  ])('takes up %s, and does not wait for what the old one allows', async (_, before, after, firstMs) => {
    const { clock, posts, subscription, done } = await busy({ messagesPerSecond: before, concurrency: 1 }, 100, {});
    if (after === undefined) delete subscription.messagesPerSecond;
    else subscription.messagesPerSecond = after;
    await clock.run(done);
    expect(posts[1]!.atMs).toBeLessThanOrEqual(firstMs + 100);
    expect(posts.at(-1)!.atMs).toBeLessThanOrEqual(firstMs + 100 + (after === undefined ? 0 : 100 * 1000 / after));
    if (after !== undefined) expect(mostInASecond(posts)).toBeLessThanOrEqual(after);
  });

  it('takes up a lower rate', async () => {
    const { clock, posts, subscription, done } = await busy({ messagesPerSecond: 100 }, 200, {});
    subscription.messagesPerSecond = 10;
    await clock.run(done);
    expect(mostInASecond(posts.filter(({ atMs }) => atMs > KNOWN_MS + 100))).toBe(10);
  });

  it('takes up another retry policy for what fails from then on; what has failed comes when it was told to', async () => {
    const { clock, posts, behave, subscription, done } = await busy({ retry: { kind: 'custom', delaysSeconds: [4] } }, 1, { status: 500 });
    subscription.retry = { kind: 'custom', delaysSeconds: [4, 7] };
    await clock.run(clock.sleep(5000));
    behave(() => ({}));
    await clock.run(done);
    expect(timesOf(posts, 'm0').map((atMs) => Math.floor(atMs / 1000))).toEqual([0, 4, 11]);
  });

  it('goes on as before while the store does not answer', async () => {
    const { clock, posts, orders, behave, deps, find, incarnation } = await pushWorld({ subscription: { concurrency: 1 } });
    behave(() => ({ afterMs: 1000 }));
    await orders.send(...entries(5));
    const failing: FindPushSubscription = async (process, id, ageMs) => {
      if (ageMs > 0) throw new StoreUnavailable('injected', { outcome: 'refused' });
      return find(process, id, ageMs);
    };
    await clock.run(runPush(deps, { incarnation, find: failing, turn: { untilMs: Number.POSITIVE_INFINITY } }));
    expect(posts.map(({ atMs }) => Math.floor(atMs / 1000))).toEqual([0, 1, 2, 3, 4]);
    expect(deps.faults).toContainEqual(expect.any(StoreUnavailable));
  });
});

/** The real thing: a subscription of a topic, changed by another process. */
async function pushed(push: Omit<PushRequest, 'delivery'>) {
  const world = await pushWorld({ topic: { filter: {} } });
  const { clock, deps, incarnation, newProcess } = world;
  const patch = (change: Partial<PushRequest>) =>
    clock.run(changeSubscription(newProcess(), { topic: 'orders', name: 'merchants', changes: { push: change } }));
  await patch({ delivery: { kind: 'http', url: 'https://old.example/', format: 'raw' }, skipsConfirmation: true, ...push });
  await clock.run(clock.sleep(2000));
  const run = () => runPush(deps, { incarnation, find: findPushSubscription, turn: { untilMs: Number.POSITIVE_INFINITY } });
  return { ...world, patch, run };
}

describe('a subscription that another process changes', () => {
  it('is pushed by its new settings within two seconds', async () => {
    const { deps, clock, posts, behave, patch, run, sinceMs } = await pushed({ concurrency: 1 });
    behave(() => ({ afterMs: 300 }));
    await clock.run(topicCalls(deps).publish(...entries(30)));
    const done = run();
    await clock.run(clock.sleep(5000));
    await patch({ concurrency: 10, delivery: { kind: 'http', url: 'https://new.example/', format: 'raw' }, skipsConfirmation: true });
    const changedMs = sinceMs();
    await clock.run(done);
    const old = posts.filter(({ url }) => url === 'https://old.example/');
    expect(Math.max(...old.map(({ atMs }) => atMs))).toBeLessThanOrEqual(changedMs + 2000);
    expect(mostAtOnce(posts)).toBeGreaterThan(5);
    expect(new Set(bodiesOf(posts)).size).toBe(30);
  });

  it('asks another endpoint for its consent at once, though the old one is to be asked later', async () => {
    const { clock, posts, behave, patch, run, sinceMs, deps, incarnation } = await pushed({});
    await patch({ delivery: { kind: 'http', url: 'https://wrong.example/', format: 'raw' }, retry: { kind: 'custom', delaysSeconds: [15] } });
    behave(({ url, body }) => (url === 'https://wrong.example/' ? { status: 404 } : { body: String(JSON.parse(body).token) }));
    const done = run();
    await clock.run(clock.sleep(1000));
    await patch({ delivery: { kind: 'http', url: 'https://right.example/', format: 'raw' } });
    const changedMs = sinceMs();
    await clock.run(done);
    expect(posts.map(({ url }) => url)).toEqual(['https://wrong.example/', 'https://right.example/']);
    expect(posts[1]!.atMs).toBeLessThanOrEqual(changedMs + 2000);
    expect(await clock.run(findPushSubscription(deps, incarnation, 0))).toMatchObject({ confirmation: 'confirmed' });
  });
});
