import { describe, expect, it } from 'vitest';
import { memoryDeps } from '../../support/memory-deps.ts';
import { cmqSdk } from './cmq-sdk.ts';
import { serving } from './served.ts';

/** The npm package `cmq-sdk`, unmodified, against the local server's gateway. */

const serve = serving();
const sdk = cmqSdk();

it('sends, receives and deletes', async () => {
  const { port } = await serve();
  const client = sdk(port);
  expect(await client['createQueue']!({ queueName: 'q', pollingWaitSeconds: 3 })).toMatchObject({ code: 0, message: '', queueId: expect.stringMatching(/^queue-/) });
  expect(await client['createQueue']!({ queueName: 'Q' })).toMatchObject({ code: 4460, message: '(10210)queue is already existed' });
  const sent = await client['sendMessage']!({ queueName: 'q', msgBody: '@hi &=+% 中文' });
  const received = await client['receiveMessage']!({ queueName: 'q', pollingWaitSeconds: 1 });
  expect(received).toMatchObject({ code: 0, msgId: sent['msgId'], msgBody: '@hi &=+% 中文', dequeueCount: 1 });
  expect(await client['deleteMessage']!({ queueName: 'q', receiptHandle: received['receiptHandle'] })).toMatchObject({ code: 0 });
  expect(await client['receiveMessage']!({ queueName: 'q', pollingWaitSeconds: 1 })).toMatchObject({ code: 7000, message: '(10200)no message' });
});

it('takes batches from an index of 0', async () => {
  const { port } = await serve();
  const client = sdk(port);
  await client['createQueue']!({ queueName: 'q' });
  const bodies = Array.from({ length: 16 }, (_, at) => `m${at}`);
  const { msgList } = await client['batchSendMessage']!({ queueName: 'q', msgBody: bodies });
  expect(msgList).toHaveLength(16);
  const { msgInfoList } = await client['batchReceiveMessage']!({ queueName: 'q', numOfMsg: 16 });
  const messages = msgInfoList as readonly { readonly msgBody: string; readonly receiptHandle: string }[];
  expect(messages.map(({ msgBody }) => msgBody)).toEqual(bodies);
  expect(await client['batchDeleteMessage']!({ queueName: 'q', receiptHandle: messages.map(({ receiptHandle }) => receiptHandle) })).toMatchObject({ code: 0 });
});

it('rewinds, and receives again what it had deleted', async () => {
  const { port, deps } = await serve();
  const client = sdk(port);
  await client['createQueue']!({ queueName: 'q', rewindSeconds: 3600 });
  const startConsumeTime = Math.floor(deps.clock.now() / 1000);
  deps.clock.advance(2000);
  await client['sendMessage']!({ queueName: 'q', msgBody: 'again' });
  const first = await client['receiveMessage']!({ queueName: 'q' });
  await client['deleteMessage']!({ queueName: 'q', receiptHandle: first['receiptHandle'] });
  expect(await client['getQueueAttributes']!({ queueName: 'q' })).toMatchObject({ rewindSeconds: 3600, rewindmsgNum: 1, rewindMsgNum: 1 });
  expect(await client['rewindQueue']!({ queueName: 'q', startConsumeTime })).toMatchObject({ code: 0 });
  expect(await client['receiveMessage']!({ queueName: 'q' })).toMatchObject({ code: 0, msgBody: 'again' });
});

describe('signatures', () => {
  const keys = { authentication: { administrator: { id: 'AKIDtest', secret: 'testsecret' } } };

  it('are those that the server computes', async () => {
    const deps = memoryDeps();
    deps.clock.advance(Date.now() - deps.clock.now());
    const { port } = await serve({ ...deps, ...keys });
    const client = sdk(port);
    expect(await client['createQueue']!({ queueName: 'q' })).toMatchObject({ code: 0 });
    expect(await client['batchSendMessage']!({ queueName: 'q', msgBody: ['a b', '@c', 'd+é'] })).toMatchObject({ code: 0 });
  });
});
