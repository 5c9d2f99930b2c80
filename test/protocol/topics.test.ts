import { beforeEach, describe, expect, it } from 'vitest';
import { newCaller, refusal } from './caller.ts';

/** Topics over the wire, on the real core and a store in memory. */

let caller: ReturnType<typeof newCaller>;

const TOPIC = '/v1/topics/orders';
const call = async (method: string, path: string, body?: unknown) => caller.call(method, `${TOPIC}${path}`, body);
const subscribe = async (name: string, body: object = {}) => call('PUT', `/subscriptions/${name}`, body);
const publish = async (...entries: readonly object[]) => (await call('POST', '/messages', { entries })).body as { readonly results: readonly { readonly messageId: string }[] };

interface Messages { readonly messages: readonly { readonly body: string; readonly receiptHandle: string; readonly routingKey?: string }[] }

const receive = async (name: string) => ((await call('POST', `/subscriptions/${name}/receive`, { maxMessages: 10 })).body as Messages).messages;

beforeEach(async () => {
  caller = newCaller();
  await call('PUT', '', { rewindSeconds: 3600 });
});

describe('a topic', () => {
  it('is made once, described, changed, listed and deleted', async () => {
    const attributes = { name: 'orders', retentionSeconds: 345_600, rewindSeconds: 3600 };
    expect(await call('PUT', '', { rewindSeconds: 3600 })).toMatchObject({ status: 200, body: attributes });
    expect(await call('PUT', '', {})).toMatchObject({ status: 409, body: { error: { code: 'TopicExistsWithOtherSettings' } } });
    expect(await call('GET', '')).toMatchObject({ status: 200, body: attributes });
    expect(await call('PATCH', '', { retentionSeconds: 60 })).toMatchObject({ status: 200, body: { retentionSeconds: 60, rewindSeconds: 3600 } });
    expect(await caller.call('GET', '/v1/topics')).toMatchObject({ status: 200, body: { topics: [{ name: 'orders' }] } });
    expect(await call('DELETE', '')).toMatchObject({ status: 204 });
    expect(await call('GET', '')).toMatchObject(refusal('topicNotFound', 'there is no topic named orders', { topic: 'orders' }));
  });

  it('has no visibility timeout of its own', async () => {
    expect(await call('PATCH', '', { visibilityTimeoutSeconds: 5 })).toMatchObject(refusal('malformedRequest', 'the body has no field visibilityTimeoutSeconds'));
  });
});

describe('a subscription', () => {
  it('gets what its filter lets through, and keeps the routing key', async () => {
    await subscribe('all');
    await subscribe('paid', { filter: { bindingKeys: ['*.paid'], attributes: { total: { min: 100 } } } });
    await publish(
      { body: 'a', routingKey: 'eu.paid', attributes: { total: '120.5' } }, { body: 'b', routingKey: 'eu.paid', attributes: { total: '99' } },
      { body: 'c', tags: ['x'] },
    );
    expect((await receive('paid')).map(({ body, routingKey }) => [body, routingKey])).toEqual([['a', 'eu.paid']]);
    expect((await receive('all')).map(({ body }) => body)).toEqual(['a', 'b', 'c']);
  });

  it('has the surface of a queue: delete, visibility, peek, find, purge, rewinds, replays', async () => {
    await subscribe('all');
    const { results: [first, second] } = await publish({ body: 'a' }, { body: 'b' });
    const [held, other] = await receive('all');
    const handle = ({ receiptHandle }: { readonly receiptHandle: string }) => ({ entries: [{ receiptHandle }] });
    expect(await call('POST', '/subscriptions/all/delete', handle(held!))).toMatchObject({ body: { results: [{}], failed: 0 } });
    expect(await call('POST', '/subscriptions/all/visibility', { entries: [{ ...handle(other!).entries[0], visibilityTimeoutSeconds: 90 }] })).toMatchObject({ body: { failed: 0 } });
    expect(await call('GET', '/subscriptions/all/messages?state=inFlight')).toMatchObject({ body: { messages: [{ body: 'b' }] } });
    expect(await call('GET', `/subscriptions/all/messages/${first!.messageId}`)).toMatchObject({ body: { state: 'deleted' } });
    expect(await call('GET', `/subscriptions/all/messages/${second!.messageId}`)).toMatchObject({ body: { state: 'inFlight' } });
    caller.deps.clock.advance(1000);
    expect(await call('POST', '/subscriptions/all/rewinds/preview', { from: { messageId: first!.messageId } })).toMatchObject({ body: { messages: 2, inFlight: 1 } });
    expect(await call('POST', '/subscriptions/all/rewinds', { from: { messageId: first!.messageId } })).toMatchObject({ status: 202 });
    expect(await call('GET', '/subscriptions/all/rewinds')).toMatchObject({ body: { rewinds: [{ kind: 'rewind' }] } });
    caller.deps.clock.advance(3000);
    expect((await receive('all')).map(({ body }) => body)).toEqual(['a', 'b']);
    expect(await call('POST', '/subscriptions/all/purge', {})).toMatchObject({ status: 200 });
    expect(await call('GET', '/subscriptions/all')).toMatchObject({ body: { counts: { estimated: false } } });
  });

  it('refuses the handle of another subscription', async () => {
    await subscribe('a');
    await subscribe('b');
    await publish({ body: 'x' });
    const [held] = await receive('a');
    expect(await call('POST', '/subscriptions/b/delete', { entries: [{ receiptHandle: held!.receiptHandle }] })).toMatchObject({
      body: { results: [{ error: { code: 'ReceiptHandleInvalid' } }] },
    });
  });

  it('is not there for what it is not named for', async () => {
    expect(await call('POST', '/subscriptions/none/receive', {})).toMatchObject({
      status: 404, body: { error: { code: 'SubscriptionNotFound', details: { topic: 'orders', subscription: 'none' } } },
    });
    expect(await caller.call('POST', '/v1/topics/a%2Fb/subscriptions/c/receive', {})).toMatchObject({ status: 400 });
  });
});

describe('what is refused', () => {
  it.each([
    [{ filter: { bindingKeys: ['a..b'] } }, 'filter.bindingKeys[0]'],
    [{ filter: { bindingKeys: ['a*'] } }, 'filter.bindingKeys[0]'],
    [{ filter: { tag: ['a'] } }, 'filter.tag'],
    [{ filter: { attributes: { a: { min: 2, max: 1 } } } }, 'filter.attributes.a'],
    [{ delivery: { type: 'sms' } }, 'delivery.type'],
    [{ delivery: { type: 'http', url: 'ftp://x' } }, 'delivery.url'],
    [{ delivery: { type: 'http', url: 'https://u:p@example.com' } }, 'delivery.url'],
    [{ delivery: { type: 'lambda', functionArn: 'orders' } }, 'delivery.functionArn'],
    [{ delivery: { type: 'http', url: 'https://example.com', secret: 'short' } }, 'delivery.secret'],
    [{ retry: { type: 'backoff' } }, 'retry'],
    [{ retry: { type: 'sometimes' } }, 'retry.type'],
    [{ deadLetter: { queue: 'dead' } }, 'deadLetter.maxReceiveCount'],
    [{ deadLetter: { queue: 'dead', maxReceiveCount: 1, maxAgeSeconds: 60 } }, 'deadLetter.maxAgeSeconds'],
    [{ deadLetter: { queue: 'dead', maxAgeSeconds: 60 }, delivery: { type: 'queue', queue: 'copies' } }, 'deadLetter.maxAgeSeconds'],
    [{ from: {} }, 'from'],
  ])('%j, naming the field', async (body, field) => {
    expect(await subscribe('s', body)).toMatchObject({ status: 400, body: { error: { code: 'MalformedRequest', details: { field } } } });
  });

  it.each([
    [{ delivery: { type: 'queue', queue: 'nowhere' } }, 'DeliveryQueueNotFound', 'delivery.queue'],
    [{ delivery: { type: 'queue', queue: 'dead' }, deadLetter: { queue: 'dead' } }, 'DeliveryCycle', 'delivery.queue'],
    [{ delivery: { type: 'http', url: 'https://example.com' } }, 'EndpointUnresolvable', 'delivery.url'],
    [{ delivery: { type: 'queue', queue: 'dead', concurrency: 101 } }, 'ParameterOutOfRange', 'delivery.concurrency'],
    [{ delivery: { type: 'queue', queue: 'dead' }, retry: { type: 'custom', delaysSeconds: [0] } }, 'ParameterOutOfRange', 'retry.delaysSeconds[0]'],
    [{ deadLetter: { queue: 'nowhere', maxReceiveCount: 1 } }, 'DeadLetterQueueNotFound', 'deadLetter.queue'],
  ])('%j: %s', async (body, code, field) => {
    await caller.call('PUT', '/v1/queues/dead', {});
    expect(await subscribe('s', body)).toMatchObject({ status: 400, body: { error: { code, details: { field } } } });
  });

  it.each([
    [{ body: 'a', tags: ['1', '2', '3', '4', '5', '6'] }, 'ParameterOutOfRange'],
    [{ body: 'a', routingKey: 'a..b' }, 'MalformedRequest'],
    [{ body: 'a', routingKey: 'a.*' }, 'MalformedRequest'],
    [{ body: 'a', routingKey: 'x'.repeat(256) }, 'ParameterOutOfRange'],
  ])('to publish %j', async (entry, code) => {
    expect(await call('POST', '/messages', { entries: [entry] })).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it('a routing key to a queue', async () => {
    await caller.call('PUT', '/v1/queues/work', {});
    expect(await caller.call('POST', '/v1/queues/work/messages', { entries: [{ body: 'a', routingKey: 'b' }] })).toMatchObject(
      refusal('malformedRequest', 'entries[0].routingKey is for messages of a topic', { field: 'entries[0].routingKey' }),
    );
  });
});

describe('a pushed subscription', () => {
  beforeEach(async () => {
    await caller.call('PUT', '/v1/queues/copies', {});
  });

  it('shows how it is pushed, and has its job started', async () => {
    const body = { delivery: { type: 'queue', queue: 'copies', concurrency: 5 }, retry: { type: 'custom', delaysSeconds: [1, 5], retries: 4 } };
    expect(await subscribe('copied', body)).toMatchObject({ status: 201, body });
    expect(await subscribe('copied', body)).toMatchObject({ status: 200, body });
    expect(await subscribe('copied', { ...body, retry: { type: 'backoff' } })).toMatchObject({ status: 409 });
    expect(caller.deps.kicked).toEqual([expect.objectContaining({ kind: 'push' }), expect.objectContaining({ kind: 'push' })]);
  });

  it('has as many attempts until a dead letter as its retry policy makes', async () => {
    await caller.call('PUT', '/v1/queues/dead', {});
    const body = { delivery: { type: 'queue', queue: 'copies' }, deadLetter: { queue: 'dead' } };
    expect(await subscribe('copied', body)).toMatchObject({ body: { deadLetter: { queue: 'dead' }, retry: { type: 'exponentialDecay' } } });
    expect(await call('PATCH', '/subscriptions/copied', { retry: { type: 'backoff' } })).toMatchObject({ body: { deadLetter: { queue: 'dead' }, retry: { type: 'backoff' } } });
    const again = (await call('GET', '/subscriptions/copied')).body as { readonly deadLetter: object };
    expect(await call('PUT', '/subscriptions/copied', { ...body, deadLetter: again.deadLetter, retry: { type: 'backoff' } })).toMatchObject({ status: 200 });
    expect(await call('PATCH', '/subscriptions/copied', { delivery: { type: 'pull' } })).toMatchObject(
      refusal('malformedRequest', 'deadLetter.maxReceiveCount is missing, and so is maxAgeSeconds: a policy has one of them', { field: 'deadLetter.maxReceiveCount' }),
    );
    expect(await call('PATCH', '/subscriptions/copied', { delivery: { type: 'pull' }, deadLetter: { queue: 'dead', maxReceiveCount: 3 } })).toMatchObject({
      body: { deadLetter: { queue: 'dead', maxReceiveCount: 3 } },
    });
  });

  it('does not let its dead letters into the queue that it is delivered to', async () => {
    await subscribe('copied', { delivery: { type: 'queue', queue: 'copies' } });
    expect(await call('PATCH', '/subscriptions/copied', { deadLetter: { queue: 'copies' } })).toMatchObject({ status: 400, body: { error: { code: 'DeliveryCycle' } } });
  });

  it('becomes a pulled one, and a pushed one again', async () => {
    await subscribe('copied', { delivery: { type: 'queue', queue: 'copies' } });
    expect(await call('PATCH', '/subscriptions/copied', { delivery: { type: 'pull' } })).toMatchObject({ body: { delivery: { type: 'pull' } } });
    expect(await call('PATCH', '/subscriptions/copied', { retry: { type: 'backoff' } })).toMatchObject({ status: 400 });
    expect(await call('PATCH', '/subscriptions/copied', { delivery: { type: 'queue', queue: 'copies' } })).toMatchObject({ body: { delivery: { type: 'queue' } } });
  });
});
