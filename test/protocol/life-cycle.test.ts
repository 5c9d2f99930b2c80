import { beforeEach, expect, it } from 'vitest';
import { newCaller } from './caller.ts';

/** A message's life over the wire, on the real core and a store in memory. */

let caller: ReturnType<typeof newCaller>;

beforeEach(async () => {
  caller = newCaller();
  await caller.call('PUT', '/v1/queues/work', { visibilityTimeoutSeconds: 30 });
});

interface Messages { readonly messages: readonly { readonly body: string; readonly receiptHandle: string; readonly receiveCount: number }[] }
interface Results { readonly results: readonly { readonly messageId: string }[] }

const post = async (action: string, body: unknown, headers = {}) => (await caller.call('POST', `/v1/queues/work/${action}`, body, { headers })).body;
const send = async (...entries: readonly object[]) => await post('messages', { entries }) as Results;
const receive = async (maxMessages = 10) => (await post('receive', { maxMessages }) as Messages).messages;
const pass = (seconds: number) => { caller.deps.clock.advance(seconds * 1000); };

it('is sent, received, deleted, and gone', async () => {
  await send({ body: 'a' }, { body: 'AP8=', encoding: 'base64', attributes: { k: 'v' }, tags: ['t'] });
  const messages = await receive();
  expect(messages).toMatchObject([
    { body: 'a', encoding: 'text', attributes: {}, tags: [], receiveCount: 1 },
    { body: 'AP8=', encoding: 'base64', attributes: { k: 'v' }, tags: ['t'], receiveCount: 1 },
  ]);
  const entries = messages.map(({ receiptHandle }) => ({ receiptHandle }));
  expect(await post('delete', { entries })).toEqual({ results: [{}, {}], failed: 0 });
  pass(60);
  expect(await receive()).toEqual([]);
});

it('comes again when it is not deleted, and its old handle is stale', async () => {
  await send({ body: 'a' });
  const [first] = await receive();
  pass(31);
  expect(await receive()).toMatchObject([{ body: 'a', receiveCount: 2 }]);
  expect(await post('delete', { entries: [{ receiptHandle: first?.receiptHandle }] })).toMatchObject({
    results: [{ error: { code: 'ReceiptHandleStale' } }], failed: 1,
  });
});

it('comes at once when it is given back', async () => {
  await send({ body: 'a' });
  const [first] = await receive();
  expect(await post('visibility', { entries: [{ receiptHandle: first?.receiptHandle, visibilityTimeoutSeconds: 0 }] })).toMatchObject({ failed: 0 });
  pass(1);
  expect(await receive()).toMatchObject([{ body: 'a', receiveCount: 2 }]);
});

it('comes when it is due, and not before; cancelled, never', async () => {
  const { results: [, cancelled] } = await send({ body: 'a', delaySeconds: 3 }, { body: 'b', delaySeconds: 3 });
  expect(await post('delete', { entries: [{ messageId: cancelled?.messageId }] })).toEqual({ results: [{}], failed: 0 });
  pass(2.9);
  expect(await receive()).toEqual([]);
  pass(0.2);
  expect(await receive()).toMatchObject([{ body: 'a' }]);
});

it('is sent once under one idempotency key', async () => {
  const key = { 'idempotency-key': 'k' };
  const first = await post('messages', { entries: [{ body: 'a' }] }, key);
  expect(await post('messages', { entries: [{ body: 'a' }] }, key)).toEqual(first);
  expect(await post('messages', { entries: [{ body: 'b' }] }, key)).toMatchObject({ error: { code: 'IdempotencyKeyReused' } });
  expect(await receive()).toHaveLength(1);
});

it('is refused alone when it is too large for its queue', async () => {
  await caller.call('PATCH', '/v1/queues/work', { maxMessageBytes: 1024 });
  expect(await send({ body: 'x'.repeat(1025) }, { body: 'x'.repeat(1024) })).toMatchObject({
    results: [{ error: { code: 'MessageTooLarge' } }, { messageId: expect.any(String) }], failed: 1,
  });
});

it('takes what is not its own for what it is', async () => {
  const { results: [sent] } = await send({ body: 'a' });
  const entries = [{ receiptHandle: 'x' }, { receiptHandle: '' }, { messageId: 'no such id' }, { messageId: sent?.messageId }];
  expect(await post('delete', { entries })).toMatchObject({
    results: ['ReceiptHandleInvalid', 'ReceiptHandleInvalid', 'MessageNotFound', 'MessageNotDelayed'].map((code) => ({ error: { code } })),
  });
});
