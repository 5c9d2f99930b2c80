import { describe, expect, it } from 'vitest';
import { restartPush } from '../../../lib/core/push/wake-push.ts';
import type { RetryPolicy } from '../../../lib/core/push/retry-policy.ts';
import { bodiesOf, type Post, pushWorld } from './push-world.ts';

/** What an endpoint answers that wants what is pushed to it. */
const confirmation = ({ body }: Post): { readonly body: string } => ({ body: String(JSON.parse(body).token) });

const typesOf = (posts: readonly Post[]): readonly string[] => posts.map(({ type }) => type);

const pending = (retry: RetryPolicy = { kind: 'exponentialDecay' }) => ({ subscription: { confirmation: 'pending', retry } } as const);

describe('a confirmation', () => {
  it('is asked for before the first message, once', async () => {
    const { orders, posts, behave, subscription, runFor } = await pushWorld(pending());
    behave((post) => (post.type === 'confirmation' ? confirmation(post) : {}));
    await orders.send('a', 'b');
    await runFor(60_000);
    await orders.send('c');
    await runFor(60_000);
    expect(typesOf(posts)).toEqual(['confirmation', 'message', 'message', 'message']);
    expect(bodiesOf(posts)).toEqual(['a', 'b', 'c']);
    expect(subscription.confirmation).toBe('confirmed');
    expect(JSON.parse(posts[0]!.body)).toEqual({ type: 'confirmation', topic: 'orders', subscription: 'merchants', token: expect.stringMatching(/^\w+$/) });
  });

  it('that is not given is asked for again at the times of the policy, and nothing is pushed or received before', async () => {
    const { orders, posts, behave, runFor, deps, incarnation } = await pushWorld(pending({ kind: 'custom', delaysSeconds: [2, 10, 100, 100] }));
    behave((post, earlier) => {
      if (post.type === 'message') return {};
      return earlier.length < 4 ? { body: 'no' } : confirmation(post);
    });
    await orders.send('a');
    expect(await runFor(100_000)).toEqual([112_000]);
    expect(posts.map(({ atMs }) => atMs)).toEqual([0, 2000, 12_000]);
    expect(await orders.counts()).toMatchObject({ ready: 1, inFlight: 0 });
    // Whoever is woken meanwhile does not ask earlier.
    await orders.send('b');
    expect(await runFor(1000)).toEqual([112_000]);
    expect(await deps.jobs.readPush(incarnation)).toMatchObject({ confirmationTries: 3, runnerUntilMs: 0 });
    expect(await runFor(1_000_000)).toEqual([112_000, 212_000]);
    expect(posts.filter(({ type }) => type === 'confirmation').map(({ atMs }) => atMs)).toEqual([0, 2000, 12_000, 112_000, 212_000]);
    expect(bodiesOf(posts)).toEqual(['a', 'b']);
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });

  it.each([
    ['an error', () => ({ status: 500 })],
    ['no answer', () => ({ afterMs: 99_000 })],
    ['another token', () => ({ body: 'another' })],
    ['what it was sent', ({ body }: Post) => ({ body })],
  ])('is not %s', async (_, answer) => {
    const { posts, behave, subscription, runFor } = await pushWorld(pending({ kind: 'custom', delaysSeconds: [1], retries: 0 }));
    behave(answer);
    await runFor(1000);
    expect(typesOf(posts)).toEqual(['confirmation']);
    expect(subscription.confirmation).toBe('failed');
  });

  it('asked for in vain as often as the policy says, is asked for again only when somebody wants it', async () => {
    const { orders, posts, behave, subscription, runFor, deps, incarnation } = await pushWorld(pending({ kind: 'backoff' }));
    behave(() => ({ status: 404 }));
    await orders.send('a');
    await runFor(100_000);
    expect(typesOf(posts)).toEqual(Array.from({ length: 4 }, () => 'confirmation'));
    expect(subscription.confirmation).toBe('failed');
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
    await runFor(100_000);
    expect(posts.length).toBe(4);

    behave((post) => (post.type === 'confirmation' ? confirmation(post) : {}));
    subscription.confirmation = 'pending';
    await restartPush(deps, incarnation);
    await runFor(100_000);
    expect(bodiesOf(posts)).toEqual(['a']);
  });

  it('is not asked of a queue', async () => {
    const { posts, subscription, runFor } = await pushWorld(pending());
    subscription.delivery = { kind: 'queue', queue: 'copies' };
    await runFor(1000);
    expect(posts).toEqual([]);
    expect(subscription.confirmation).toBe('confirmed');
  });

  it('stops being waited for when the runner is told to stop', async () => {
    const { clock, behave, turn } = await pushWorld(pending());
    behave(() => ({ status: 500 }));
    const stopping = new AbortController();
    const done = turn(undefined, { signal: stopping.signal });
    await clock.run(clock.sleep(500));
    stopping.abort();
    expect(await clock.run(done)).toEqual({ kind: 'goesOn', atMs: clock.now() + 500 });
  });
});
