import { Webhook } from 'standardwebhooks';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { lastTold, listStarts, pushedFunctionArn } from './deployment.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { invokeUrl, localAws } from './local-aws.ts';
import { deployPushedFunction } from './pushed-function.ts';
import { signedFetch } from './signed-fetch.ts';

/** Published to the deployed API, told of by the table's stream, pushed by the deployed runner. */
describe('pushes of the deployed stacks', () => {
  const aws = localAws();
  const call = signedFetch(aws, invokeUrl(aws, inject('deployment').apiUrl));

  const createTopic = async (topic: string) => expect(await call('PUT', `/v1/topics/${topic}`, {})).toMatchObject({ status: 201 });
  const publish = async (topic: string, ...bodies: readonly string[]) =>
    expect(await call('POST', `/v1/topics/${topic}/messages`, { entries: bodies.map((body) => ({ body })) })).toMatchObject({ status: 200, body: { failed: 0 } });

  async function subscribe(topic: string, delivery: object, settings: object = {}) {
    const reply = await call('PUT', `/v1/topics/${topic}/subscriptions/pushed`, { delivery, ...settings });
    expect(reply).toMatchObject({ status: 201 });
    return reply.body.delivery;
  }

  async function openEndpoint(...statuses: readonly number[]): Promise<Endpoint> {
    const endpoint = await startEndpoint(statuses);
    onTestFinished(() => { endpoint.close(); });
    return endpoint;
  }

  const receivePulled = async (waitSeconds: number) => call('POST', '/v1/topics/pulled/subscriptions/all/receive', { waitSeconds });

  // The first one: the others have the waker told of something.
  it('start nothing while nothing is pushed', async () => {
    await createTopic('pulled');
    await call('PUT', '/v1/topics/pulled/subscriptions/all', {});
    await publish('pulled', 'a');
    expect((await receivePulled(5)).body.messages).toMatchObject([{ body: 'a' }]);
    // As long as it may take the stream to tell.
    expect((await receivePulled(3)).body.messages).toEqual([]);
    expect(await lastTold(aws)).toBe('No records processed');
  });

  it('reach an endpoint that has agreed, signed, and within seconds', async () => {
    const { url, posts } = await openEndpoint();
    await createTopic('orders');
    const { secret = '' } = await subscribe('orders', { type: 'http', url }) ?? {};
    await publish('orders', 'first order');
    await expect.poll(() => posts, { timeout: 10_000 }).toHaveLength(1);
    const { body, headers } = posts[0]!;
    expect(new Webhook(secret).verify(body, { ...headers } as Record<string, string>)).toMatchObject({ body: 'first order' });
    expect(headers).toMatchObject({ 'rewindmq-type': 'message', 'rewindmq-topic': 'orders', 'rewindmq-subscription': 'pushed', 'rewindmq-attempt': '1' });
    await expect.poll(async () => lastTold(aws), { timeout: 10_000 }).toMatch(/^OK/);
  });

  it('are woken again after they have come to rest', async () => {
    const { url, posts } = await openEndpoint();
    await createTopic('chatty');
    await subscribe('chatty', { type: 'http', url, format: 'raw', skipConfirmation: true });
    for (const body of ['a', 'b', 'c']) {
      // Nothing comes: by then a runner that has nothing left to do is gone.
      await receivePulled(2);
      await publish('chatty', body);
      await expect.poll(() => posts.map((post) => post.body), { timeout: 10_000 }).toContain(body);
    }
    expect(posts.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
  });

  it('are repeated as their retry policy says', async () => {
    const { url, posts } = await openEndpoint(503, 500);
    await createTopic('flaky');
    await subscribe('flaky', { type: 'http', url, skipConfirmation: true }, { retry: { type: 'custom', delaysSeconds: [1, 2] } });
    await publish('flaky', 'stubborn');
    await expect.poll(() => posts, { timeout: 20_000 }).toHaveLength(3);
    expect(posts.map(({ headers }) => headers['rewindmq-attempt'])).toEqual(['1', '2', '3']);
    expect(posts[2]!.atMs - posts[0]!.atMs).toBeGreaterThanOrEqual(3000);
  });

  it('are gone on with by a schedule where the next attempt is far', async () => {
    const { url, posts } = await openEndpoint(503);
    await createTopic('down');
    await subscribe('down', { type: 'http', url, skipConfirmation: true }, { retry: { type: 'custom', delaysSeconds: [25] } });
    await publish('down', 'patient');
    await expect.poll(() => posts, { timeout: 10_000 }).toHaveLength(1);
    const dueAtMs = posts[0]!.atMs + 25_000;
    const startsForIt = async () => (await listStarts(aws)).filter((atMs) => atMs >= dueAtMs && atMs < dueAtMs + 5000);
    await expect.poll(startsForIt, { timeout: 10_000 }).toHaveLength(1);
    await expect.poll(() => posts, { timeout: 40_000, interval: 500 }).toHaveLength(2);
    expect(posts[1]!.atMs).toBeGreaterThanOrEqual(dueAtMs);
    expect(posts[1]!.headers).toMatchObject({ 'rewindmq-attempt': '2' });
  });

  it('reach a queue', async () => {
    await call('PUT', '/v1/queues/inbox', {});
    await createTopic('forwarded');
    await subscribe('forwarded', { type: 'queue', queue: 'inbox' });
    await publish('forwarded', 'a', 'b');
    const received = await call('POST', '/v1/queues/inbox/receive', { maxMessages: 10, waitSeconds: 10 });
    expect(received.body.messages?.map(({ body }) => body)).toEqual(['a', 'b']);
  });

  it('reach a function', async () => {
    const { url, posts } = await openEndpoint();
    onTestFinished(await deployPushedFunction(aws, url));
    await createTopic('handled');
    await subscribe('handled', { type: 'lambda', functionArn: pushedFunctionArn(aws) });
    await publish('handled', 'for the function');
    await expect.poll(() => posts, { timeout: 15_000 }).toHaveLength(1);
    expect(JSON.parse(posts[0]!.body)).toMatchObject({ topic: 'handled', body: 'for the function' });
  });
});
