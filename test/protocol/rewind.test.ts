import { beforeEach, describe, expect, it } from 'vitest';
import { memoryDeps } from '../support/memory-deps.ts';
import { newCaller } from './caller.ts';

/** Consuming again over the wire, on the real core and a store in memory. */

const WEEK_SECONDS = 604_800;

/** Something under a second longer than a rewind takes to take effect. */
const EFFECTIVE_SECONDS = 3;

let caller: ReturnType<typeof newCaller>;

beforeEach(async () => {
  caller = newCaller();
  await caller.call('PUT', '/v1/queues/work', { visibilityTimeoutSeconds: 30, rewindSeconds: WEEK_SECONDS });
});

interface Received { readonly messageId: string; readonly body: string; readonly receiptHandle: string }

const post = (action: string, body?: unknown) => caller.call('POST', `/v1/queues/work/${action}`, body);
const answer = async <Body>(action: string, body?: unknown) => (await post(action, body)).body as Body;
const get = async (path = '') => (await caller.call('GET', `/v1/queues/work${path}`)).body;
const pass = (seconds: number) => { caller.deps.clock.advance(seconds * 1000); };
const now = () => new Date(caller.deps.clock.now()).toISOString();

async function send(...bodies: readonly (string | object)[]): Promise<readonly string[]> {
  const entries = bodies.map((body) => (typeof body === 'string' ? { body } : body));
  const { results } = await answer<{ results: readonly { readonly messageId: string }[] }>('messages', { entries });
  return results.map(({ messageId }) => messageId);
}

async function receiveAll(): Promise<readonly Received[]> {
  const all: Received[] = [];
  for (;;) {
    const { messages } = await answer<{ messages: readonly Received[] }>('receive', { maxMessages: 1000 });
    if (messages.length === 0) return all;
    all.push(...messages);
  }
}

async function deleteAll(messages: readonly Received[]): Promise<void> {
  for (let at = 0; at < messages.length; at += 1000) {
    const entries = messages.slice(at, at + 1000).map(({ receiptHandle }) => ({ receiptHandle }));
    expect(await answer('delete', { entries })).toMatchObject({ failed: 0 });
  }
}

async function consume(): Promise<readonly string[]> {
  const messages = await receiveAll();
  await deleteAll(messages);
  return messages.map(({ body }) => body).toSorted();
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix} ${String(at).padStart(4, '0')}`);

it('brings back all that a consumer with a bug has settled, and nothing else', async () => {
  await send(...numbered('settled well', 300));
  await consume();
  pass(3600);
  const bugSince = now();
  const wronged = numbered('order', 5000);
  for (let at = 0; at < wronged.length; at += 500) {
    await send(...wronged.slice(at, at + 500));
    pass(1);
    await deleteAll(await receiveAll());
  }
  expect(await receiveAll()).toEqual([]);

  const preview = await answer<{ sample: readonly unknown[] }>('rewinds/preview', { from: { time: bugSince } });
  expect(preview).toMatchObject({ messages: 5000, bytes: 5000 * 'order 0000'.length, inFlight: 0, from: bugSince, approximate: false });
  expect(preview.sample.length).toBe(10);
  expect(preview.sample[0]).toMatchObject({ body: 'order 0000', state: 'deleted' });
  expect(await receiveAll()).toEqual([]);

  const rewound = await post('rewinds', { from: { time: bugSince } });
  expect(rewound).toMatchObject({ status: 202, body: { from: bugSince } });
  pass(EFFECTIVE_SECONDS);
  expect(await consume()).toEqual(wronged);
  pass(3600);
  expect(await receiveAll()).toEqual([]);
});

it('is undone: what was settled before stays so, what was sent and settled since comes again', async () => {
  await send('a', 'b');
  await consume();
  pass(1);
  const { rewindId } = await answer<{ rewindId: string }>('rewinds', { from: { time: new Date(caller.deps.clock.now() - 60_000).toISOString() } });
  pass(EFFECTIVE_SECONDS);
  expect(await consume()).toEqual(['a', 'b']);
  await send('since');
  expect(await consume()).toEqual(['since']);
  expect(await post(`rewinds/${rewindId}/undo`)).toMatchObject({ status: 202, body: { effectiveAt: expect.any(String) } });
  pass(EFFECTIVE_SECONDS);
  expect(await consume()).toEqual(['since']);
  expect(await get('/rewinds')).toMatchObject({
    rewinds: [{ kind: 'undo', state: 'inEffect', undoes: rewindId }, { kind: 'rewind', state: 'undone', rewindId }],
  });
});

it('brings back a purged queue', async () => {
  await send('a', 'b');
  const { rewindId } = await answer<{ rewindId: string }>('purge');
  pass(EFFECTIVE_SECONDS);
  expect(await receiveAll()).toEqual([]);
  await post(`rewinds/${rewindId}/undo`);
  pass(EFFECTIVE_SECONDS);
  expect(await consume()).toEqual(['a', 'b']);
});

it('hands out a selection beside the live queue, which is not touched', async () => {
  const [first] = await send({ body: 'red', attributes: { colour: 'red' } }, { body: 'blue', attributes: { colour: 'blue' } }, 'plain');
  await consume();
  await send('held', 'ready');
  const { messages: [held] } = await answer<{ messages: readonly Received[] }>('receive', { maxMessages: 1 });
  expect(await post('rewinds', { from: { messageId: first }, filter: { attributes: { colour: 'red' } } })).toMatchObject({ status: 200 });
  expect(await consume()).toEqual(['ready', 'red']);
  expect(await answer('delete', { entries: [{ receiptHandle: held?.receiptHandle }] })).toEqual({ results: [{}], failed: 0 });
});

it('refuses the handles of what it hands out again, and no others', async () => {
  await send('below');
  pass(1);
  const [above] = await send('above');
  const held = await receiveAll();
  await post('rewinds', { from: { messageId: above } });
  pass(EFFECTIVE_SECONDS);
  const entries = held.map(({ receiptHandle }) => ({ receiptHandle }));
  expect(await answer('delete', { entries })).toMatchObject({ results: [{}, { error: { code: 'ReceiptHandleRewound' } }], failed: 1 });
});

it('wakes consumers that wait', async () => {
  await send('a');
  await consume();
  const { effectiveAt } = await answer<{ effectiveAt: string }>('rewinds', { from: { time: now() } });
  const { messages } = await answer<{ messages: readonly Received[] }>('receive', { waitSeconds: 20 });
  expect(messages).toMatchObject([{ body: 'a' }]);
  expect(now()).toBe(effectiveAt);
});

describe('what is refused', () => {
  const refusedWith = (status: number, code: string, details: object = {}) => ({ status, body: { error: { code, details } } });

  it('a queue that keeps nothing', async () => {
    await caller.call('PUT', '/v1/queues/off');
    expect(await caller.call('POST', '/v1/queues/off/rewinds', { from: { time: now() } })).toMatchObject(refusedWith(409, 'RewindIsOff', { queue: 'off' }));
  });

  it('a start out of range, and says which the range is', async () => {
    const range = { first: new Date(caller.deps.clock.now() - WEEK_SECONDS * 1000).toISOString(), last: now() };
    for (const time of ['2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z']) {
      expect(await post('rewinds', { from: { time } })).toMatchObject(refusedWith(400, 'RewindOutOfRange', range));
    }
    expect(await post('rewinds', { from: { time: now() }, to: now() })).toMatchObject(refusedWith(400, 'RewindOutOfRange', { field: 'to', first: now() }));
  });

  it('no start', async () => {
    expect(await post('rewinds')).toMatchObject(refusedWith(400, 'MalformedRequest', { field: 'from' }));
    expect(await post('rewinds', { filter: { tags: ['a'] } })).toMatchObject(refusedWith(400, 'MalformedRequest', { field: 'from' }));
  });

  it('a message that the queue does not have', async () => {
    for (const from of [{ messageId: 'nosuch-0' }, { position: 'nosuch-0' }, { messageId: 'not an id' }]) {
      expect(await post('rewinds', { from })).toMatchObject(refusedWith(404, 'MessageNotFound'));
    }
  });

  it('an undo of what is not known, or not the newest', async () => {
    const { rewindId } = await answer<{ rewindId: string }>('rewinds', { from: { time: now() } });
    pass(EFFECTIVE_SECONDS);
    const { rewindId: newest } = await answer<{ rewindId: string }>('purge');
    pass(EFFECTIVE_SECONDS);
    expect(await post('rewinds/nosuch/undo')).toMatchObject(refusedWith(404, 'RewindNotFound'));
    expect(await post(`rewinds/${rewindId}/undo`)).toMatchObject(refusedWith(409, 'RewindNotUndoable', { newest }));
  });

  it('the second of two at once', async () => {
    const other = newCaller(memoryDeps({ world: caller.deps.world }));
    const body = { from: { time: now() } };
    const replies = await Promise.all([post('rewinds', body), other.call('POST', '/v1/queues/work/rewinds', body)]);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202, 409]));
    expect(replies).toContainEqual(expect.objectContaining({ body: expect.objectContaining({ error: expect.objectContaining({ code: 'QueueIsChanging' }) }) }));
    expect(await post('rewinds', body)).toMatchObject(refusedWith(409, 'QueueIsChanging'));
    pass(EFFECTIVE_SECONDS);
    expect((await post('rewinds', body)).status).toBe(202);
  });

  it('more at once than are worked off', async () => {
    await send('a');
    for (let rewinds = 0; rewinds < 10; rewinds += 1) {
      pass(60);
      await send('b');
      expect((await post('rewinds', { from: { time: now() } })).status).toBe(202);
      pass(EFFECTIVE_SECONDS);
    }
    pass(60);
    await send('c');
    expect(await post('rewinds', { from: { time: now() } })).toMatchObject(refusedWith(409, 'TooManyRewinds', { max: 10, unit: 'rewinds' }));
  });
});
