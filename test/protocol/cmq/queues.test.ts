import { beforeEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { runJob } from '../../../lib/housekeeping/run-job.ts';
import { type CmqCaller, type Given, newCmqCaller, refused } from './caller.ts';

/** The queue model, on the real core and a store in memory. */

let caller: CmqCaller;
const call = (action: string, given: Given = {}) => caller.call(action, { queueName: 'q', ...given });

beforeEach(() => {
  caller = newCmqCaller();
});

const send = (...bodies: readonly string[]) => call('BatchSendMessage', { msgBody: bodies });

describe('attributes', () => {
  it('take the defaults of the original, each as a number, and every field that some client needs', async () => {
    await call('CreateQueue');
    const seconds = Math.floor(caller.deps.clock.now() / 1000);
    expect(await call('GetQueueAttributes')).toEqual({
      code: 0, message: '', requestId: expect.any(String), queueId: expect.stringMatching(/^queue-\w+$/), queueName: 'q',
      maxMsgHeapNum: 100_000_000, pollingWaitSeconds: 0, visibilityTimeout: 30, maxMsgSize: 65_536, msgRetentionSeconds: 345_600, rewindSeconds: 0,
      createTime: seconds, lastModifyTime: seconds, minMsgTime: seconds,
      activeMsgNum: 0, inactiveMsgNum: 0, delayMsgNum: 0, rewindMsgNum: 0, rewindmsgNum: 0,
    });
  });

  it('are those that were given, and change one by one', async () => {
    const given = { maxMsgHeapNum: 1_000_000, pollingWaitSeconds: 30, visibilityTimeout: 43_200, maxMsgSize: 1_048_576, msgRetentionSeconds: 1_296_000, rewindSeconds: 1_296_000 };
    const { queueId } = await call('CreateQueue', given);
    expect(await call('GetQueueAttributes')).toMatchObject({ ...given, queueId });
    expect(await call('SetQueueAttributes', { visibilityTimeout: 1 })).toMatchObject({ code: 0, queueId, ...given, visibilityTimeout: 1 });
    expect(await call('SetQueueAttributes', { maxMsgHeapNum: 2_000_000 })).toMatchObject({ maxMsgHeapNum: 2_000_000, visibilityTimeout: 1 });
  });

  it('have a dead-letter policy, which is given and shown as JSON, and taken away by an empty one', async () => {
    await caller.call('CreateQueue', { queueName: 'dead' });
    const policy = { deadLetterQueue: 'dead', policy: 0, maxReceiveCount: 1 };
    await call('CreateQueue', { deadLetterPolicy: JSON.stringify({ ...policy, maxReceiveCount: '1' }) });
    const shown = await call('GetQueueAttributes');
    expect(JSON.parse(String(shown['deadLetterPolicy']))).toEqual(policy);
    await send('a');
    await call('ReceiveMessage');
    caller.deps.clock.advance(31_000);
    expect(await call('ReceiveMessage', { pollingWaitSeconds: 5 })).toMatchObject(refused('noMessage'));
    expect(await caller.call('ReceiveMessage', { queueName: 'dead' })).toMatchObject({ msgBody: 'a' });
    expect(await call('SetQueueAttributes', { deadLetterPolicy: '{}' })).not.toHaveProperty('deadLetterPolicy');
  });

  it('may say that messages are moved by age', async () => {
    await caller.call('CreateQueue', { queueName: 'dead' });
    const policy = { deadLetterQueue: 'dead', policy: 1, maxTimeToLive: 300 };
    await call('CreateQueue', { msgRetentionSeconds: 301, deadLetterPolicy: JSON.stringify({ ...policy, maxReceiveCount: 3 }) });
    expect(JSON.parse(String((await call('GetQueueAttributes'))['deadLetterPolicy']))).toEqual(policy);
    await send('a');
    caller.deps.clock.advance(300_000);
    for (const job of caller.deps.kicked) await runJob(caller.deps, job, { untilMs: Number.POSITIVE_INFINITY });
    expect(await call('ReceiveMessage')).toMatchObject(refused('noMessage'));
    expect(await caller.call('ReceiveMessage', { queueName: 'dead' })).toMatchObject({ msgBody: 'a', dequeueCount: 1 });
  });

  it('of a queue made elsewhere are shown, and it is used like any other', async () => {
    const name = `made_elsewhere-${'x'.repeat(60)}`;
    await createQueue(caller.deps, { name, settings: { rewindSeconds: 400 * 86_400 } });
    expect(await call('GetQueueAttributes', { queueName: name })).toMatchObject({ rewindSeconds: 34_560_000, maxMsgSize: 1_048_576 });
    expect(await call('SetQueueAttributes', { queueName: name, visibilityTimeout: 5 })).toMatchObject({ code: 0 });
    expect(await call('SendMessage', { queueName: name, msgBody: 'a' })).toMatchObject({ code: 0 });
    expect(await call('ReceiveMessage', { queueName: name })).toMatchObject({ msgBody: 'a' });
  });
});

describe('a list of queues', () => {
  beforeEach(async () => {
    for (const queueName of ['orders', 'Reorders', 'payments']) await call('CreateQueue', { queueName });
  });

  it('counts all, and shows a part', async () => {
    expect(await caller.call('ListQueue', { searchWord: 'order', offset: 1, limit: 1 })).toMatchObject({
      totalCount: 2, queueList: [{ queueId: expect.stringMatching(/^queue-/), queueName: 'orders' }],
    });
    expect(await caller.call('ListQueue')).toMatchObject({ totalCount: 3 });
  });

  it('shows at most 50', async () => {
    expect(await caller.call('ListQueue', { limit: 51 })).toMatchObject(refused('outOfRange', 'limit'));
  });
});

describe('a message', () => {
  beforeEach(() => call('CreateQueue', { rewindSeconds: 3600 }));

  it('comes with all seven fields, counted and timed', async () => {
    const { msgId } = await call('SendMessage', { msgBody: ' a&b=c+d% 中文 ' });
    const sentAt = Math.floor(caller.deps.clock.now() / 1000);
    const first = await call('ReceiveMessage');
    expect(first).toEqual({
      code: 0, message: '', requestId: expect.any(String), msgId, msgBody: ' a&b=c+d% 中文 ', receiptHandle: expect.stringMatching(/^[A-Za-z0-9%#:_-]{1,256}$/),
      enqueueTime: sentAt, firstDequeueTime: sentAt, nextVisibleTime: sentAt + 30, dequeueCount: 1,
    });
    caller.deps.clock.advance(31_000);
    expect(await call('ReceiveMessage')).toMatchObject({ msgId, dequeueCount: 2, firstDequeueTime: sentAt, nextVisibleTime: sentAt + 61 });
  });

  it('is deleted by its newest handle, until it is visible again and not a moment longer', async () => {
    await send('a');
    const { receiptHandle } = await call('ReceiveMessage');
    caller.deps.clock.advance(30_000);
    expect(await call('DeleteMessage', { receiptHandle: String(receiptHandle) })).toMatchObject(refused('handleInvalid'));
    caller.deps.clock.advance(1000);
    const newest = await call('ReceiveMessage');
    expect(await call('DeleteMessage', { receiptHandle: String(receiptHandle) })).toMatchObject(refused('handleInvalid'));
    caller.deps.clock.advance(29_999);
    expect(await call('DeleteMessage', { receiptHandle: String(newest['receiptHandle']) })).toMatchObject({ code: 0 });
  });

  it('is not deleted by the handle of another queue', async () => {
    await call('CreateQueue', { queueName: 'other' });
    await send('a');
    const { receiptHandle } = await call('ReceiveMessage');
    expect(await call('DeleteMessage', { queueName: 'other', receiptHandle: String(receiptHandle) })).toMatchObject(refused('handleInvalid'));
  });

  it('is delayed, alone or with its batch', async () => {
    await call('BatchSendMessage', { msgBody: ['a', 'b'], delaySeconds: 10 });
    expect(await call('GetQueueAttributes')).toMatchObject({ delayMsgNum: 2, activeMsgNum: 0 });
    expect(await call('ReceiveMessage')).toMatchObject(refused('noMessage'));
    caller.deps.clock.advance(10_300);
    expect((await call('BatchReceiveMessage', { numOfMsg: 16, pollingWaitSeconds: 1 }))['msgInfoList']).toHaveLength(2);
  });

  it('is in a batch what it is alone, in the order that was given', async () => {
    const { msgList } = await send('a', 'b', 'c');
    const { msgInfoList } = await call('BatchReceiveMessage', { numOfMsg: 3 });
    expect((msgInfoList as readonly object[]).map((message) => ({ msgId: Reflect.get(message, 'msgId') as unknown }))).toEqual(msgList);
    expect((msgInfoList as readonly object[]).map((message) => Reflect.get(message, 'msgBody') as unknown)).toEqual(['a', 'b', 'c']);
  });

  it('is sent with its batch or not at all', async () => {
    await call('SetQueueAttributes', { maxMsgSize: 1024 });
    expect(await send('a', 'x'.repeat(1025))).toMatchObject(refused('messageTooLarge'));
    expect(await call('ReceiveMessage')).toMatchObject(refused('noMessage'));
  });

  it('comes again once the queue is rewound, also from the first second that may be asked for', async () => {
    await send('a');
    const { receiptHandle } = await call('ReceiveMessage');
    await call('DeleteMessage', { receiptHandle: String(receiptHandle) });
    caller.deps.clock.advance(2500);
    const first = Math.floor(caller.deps.clock.now() / 1000) - 3600;
    expect(await call('RewindQueue', { startConsumeTime: first - 1 })).toMatchObject(refused('rewindTime'));
    expect(await call('RewindQueue', { startConsumeTime: first })).toMatchObject({ code: 0 });
    expect(await call('ReceiveMessage')).toMatchObject({ msgBody: 'a', dequeueCount: 1 });
  });

  it('is gone once the queue is cleared, or deleted', async () => {
    await send('a');
    expect(await call('ClearQueue')).toMatchObject({ code: 0 });
    caller.deps.clock.advance(5000);
    expect(await call('ReceiveMessage')).toMatchObject(refused('noMessage'));
    expect(await call('DeleteQueue')).toMatchObject({ code: 0 });
    expect(await call('ReceiveMessage')).toMatchObject(refused('queueNotFound'));
    expect(await call('CreateQueue')).toMatchObject({ code: 0 });
  });
});

describe('waiting', () => {
  const waited = async (given: Given): Promise<number> => {
    const beforeMs = caller.deps.clock.now();
    expect(await call('ReceiveMessage', given)).toMatchObject(refused('noMessage'));
    return Math.round((caller.deps.clock.now() - beforeMs) / 1000);
  };

  it.each([
    [{}, 4], [{ pollingWaitSeconds: 0 }, 0], [{ pollingWaitSeconds: 7 }, 7], [{ pollingWaitSeconds: 25 }, 25], [{ pollingWaitSeconds: 30 }, 27],
  ])('%j ends after %d s', async (given, seconds) => {
    await call('CreateQueue', { pollingWaitSeconds: 4 });
    expect(await waited(given)).toBe(seconds);
  });

  it('as a queue says it is bounded too', async () => {
    await call('CreateQueue', { pollingWaitSeconds: 30 });
    expect(await waited({})).toBe(27);
  });
});

describe('a request', () => {
  it.each(['createqueue', 'CREATEQUEUE', 'CreateQueue'])('names its action in any case: %s', async (action) => {
    expect(await call(action)).toMatchObject({ code: 0 });
  });

  it('may have what nobody asks for, and what is empty', async () => {
    expect(await call('CreateQueue', { UserpollingWaitSeconds: 30, appId: 1, Token: '', visibilityTimeout: '', Region: 'gz' })).toMatchObject({ code: 0 });
  });

  it.each([['/', 'GET'], ['/v2/index.php', 'GET'], ['/v2/index.php', 'POST']])('comes to %s by %s too', async (path, method) => {
    expect(await caller.call('CreateQueue', { queueName: 'q' }, { path, method })).toMatchObject({ code: 0 });
  });

  it('gets its number back as a number, or not at all', async () => {
    expect(await caller.call('ListQueue', { clientRequestId: 4_294_967_295 })).toMatchObject({ clientRequestId: 4_294_967_295 });
    expect(await caller.call('DeleteQueue', { queueName: 'none', clientRequestId: 7 })).toMatchObject({ code: 4440, clientRequestId: 7 });
    expect(await caller.call('ListQueue', { clientRequestId: 'abc' })).not.toHaveProperty('clientRequestId');
  });

  it('for the way to a queue is told where it has come to', async () => {
    await call('CreateQueue');
    expect(await call('QueryQueueRoute')).toMatchObject({ addr: ['mq.example.com:443'] });
    expect(await caller.call('QueryQueueRoute', { queueName: 'q' }, { host: '127.0.0.1:8400' })).toMatchObject({ addr: ['127.0.0.1:8400'] });
    expect(await call('QueryQueueRoute', { queueName: 'none' })).toMatchObject(refused('queueNotFound'));
  });
});
