import { describe, expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { targetOf } from '../../../lib/core/push/target-of.ts';
import type { PushDelivery } from '../../../lib/core/push/push-subscription.ts';
import type { Deps } from '../../../lib/core/deps.ts';
import type { PushAnswer, PushRequest } from '../../../lib/core/ports/push-endpoint.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, queueCalls } from '../queue-calls.ts';

const bounds = { timeoutMs: 15_000, signal: new AbortController().signal };

const subscriptionTo = (delivery: PushDelivery) => ({
  name: 'orders/risk', topic: 'orders', subscription: 'risk', delivery, retry: { kind: 'backoff' }, concurrency: 1, confirmation: 'confirmed',
  confirm: async () => {}, giveUpConfirmation: async () => {},
} as const);

const deliveriesOf = async (deps: MemoryDeps, ...sent: readonly ReturnType<typeof entry>[]) => {
  const orders = await newQueue(deps);
  await orders.send(...sent);
  return orders.receive(100);
};

const deliver = async (deps: Deps, delivery: PushDelivery, from: MemoryDeps, ...sent: readonly ReturnType<typeof entry>[]) =>
  targetOf(deps, subscriptionTo(delivery)).deliver(await deliveriesOf(from, ...sent), bounds);

describe('an HTTP target', () => {
  const endpoint = (answer: PushAnswer) => {
    const from = memoryDeps();
    const requests: PushRequest[] = [];
    const deps: Deps = {
      ...from, pushEndpoint: { post: async (request) => { requests.push(request); return answer; }, check: async () => ({ kind: 'reachable' }) },
    };
    return { from, deps, requests };
  };
  const http = { kind: 'http', url: 'https://example.com/hook', format: 'raw', secret: `whsec_${'A'.repeat(32)}` } as const;

  it('gets a signed request for each message, with its bounds', async () => {
    const { from, deps, requests } = endpoint({ kind: 'answered', status: 204, body: '' });
    expect(await deliver(deps, http, from, entry('a'), entry('b'))).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }]);
    expect(targetOf(deps, subscriptionTo(http)).batchMax).toBe(1);
    expect(requests.map(({ body }) => body)).toEqual(['a', 'b']);
    expect(requests[0]).toMatchObject({
      url: http.url, timeoutMs: 15_000, headers: { 'RewindMQ-Topic': 'orders', 'RewindMQ-Subscription': 'risk', 'webhook-signature': expect.stringMatching(/^v1,/) },
    });
  });

  it.each<[PushAnswer, string]>([
    [{ kind: 'answered', status: 301, body: '' }, 'answered 301'],
    [{ kind: 'answered', status: 500, body: 'secret' }, 'answered 500'],
    [{ kind: 'unreachable', reason: 'refused: nobody listens' }, 'refused: nobody listens'],
    [{ kind: 'forbidden', reason: 'private: not public' }, 'private: not public'],
  ])('has not accepted what it answers with %j', async (answer, reason) => {
    const { from, deps } = endpoint(answer);
    expect(await deliver(deps, http, from, entry('a'))).toEqual([{ kind: 'failed', reason }]);
  });
});

describe('a queue as a target', () => {
  it('gets the whole batch by one send, with bodies, attributes and tags as they are', async () => {
    const deps = memoryDeps();
    await createQueue(deps, { name: 'copies', settings: {} });
    const sent = [entry('a', { attributes: { colour: 'red' }, tags: ['x'] }), entry('b'), { ...entry(''), body: { kind: 'binary', bytes: Uint8Array.of(1, 2) } } as const];
    const deliveries = await deliveriesOf(deps, ...sent);
    deps.meter.reset();
    const target = targetOf(deps, subscriptionTo({ kind: 'queue', queue: 'copies' }));
    expect(await target.deliver(deliveries, bounds)).toEqual(deliveries.map(() => ({ kind: 'accepted' })));
    expect(deps.meter.consumed().writeUnits).toBe(1);
    const copies = await queueCalls(deps, 'copies').receiveAll();
    expect(copies.map(({ body, attributes, tags }) => ({ body, attributes, tags }))).toEqual(sent);
  });

  it('that is not there, or refuses one, has not accepted', async () => {
    const deps = memoryDeps();
    const deliveries = await deliveriesOf(deps, entry('a'), entry('b'.repeat(2000)));
    const target = targetOf(deps, subscriptionTo({ kind: 'queue', queue: 'copies' }));
    expect(await target.deliver(deliveries, bounds)).toEqual([
      { kind: 'failed', reason: expect.stringContaining('copies') }, { kind: 'failed', reason: expect.stringContaining('copies') },
    ]);
    await createQueue(deps, { name: 'copies', settings: { maxMessageBytes: 1024 } });
    expect(await target.deliver(deliveries, bounds)).toEqual([{ kind: 'accepted' }, { kind: 'failed', reason: expect.stringContaining('1024 bytes') }]);
  });
});

describe('a function as a target', () => {
  it('is invoked with the object that an endpoint would get, for each message', async () => {
    const from = memoryDeps();
    const payloads: unknown[] = [];
    const deps: Deps = {
      ...from,
      functions: {
        areThere: true,
        async invoke(functionArn, payload) {
          payloads.push({ functionArn, payload: JSON.parse(payload) });
          return payloads.length === 1 ? { kind: 'accepted' } : { kind: 'failed', reason: 'Unhandled' };
        },
      },
    };
    expect(await deliver(deps, { kind: 'lambda', functionArn: 'arn:f' }, from, entry('a'), entry('b'))).toEqual([{ kind: 'accepted' }, { kind: 'failed', reason: 'Unhandled' }]);
    expect(payloads[0]).toMatchObject({ functionArn: 'arn:f', payload: { topic: 'orders', subscription: 'risk', body: 'a', encoding: 'text', attempt: 1 } });
  });
});
