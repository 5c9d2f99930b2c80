import { expect, it } from 'vitest';
import { messagePush, type PushedMessage, type PushSender } from '../../../lib/core/push/push-message.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { hmacSigner } from '../../../lib/platform/signer.ts';

const sender: PushSender = {
  topic: 'orders', subscription: 'risk', signer: hmacSigner({ current: new Uint8Array(32) }), nowMs: epochMs(1_700_000_100_000),
};

const message = (own: Partial<PushedMessage> = {}): PushedMessage => ({
  messageId: 'shard-1a', body: { kind: 'text', text: 'a "b" 中文' }, attributes: {}, tags: ['paid', 'eu'],
  enqueuedAtMs: epochMs(1_700_000_000_999), receiveCount: 3, ...own,
});

const headers = {
  'Content-Type': 'text/plain',
  'User-Agent': 'Qcloud Notification Service Agent',
  'x-cmq-request-id': 'shard-1a-3',
  'x-cmq-message-id': 'shard-1a',
  'x-cmq-message-tag': 'paid, eu',
};

it('is an object with what there is to say of the message', () => {
  const push = messagePush(sender, message(), 'cmqJson');
  expect(push.headers).toEqual(headers);
  expect(JSON.parse(String(push.body))).toEqual({
    TopicOwner: 0, topicName: 'orders', subscriptionName: 'risk', msgId: 'shard-1a', msgBody: 'a "b" 中文', publishTime: 1_700_000_000,
  });
});

it('is the body as it is where that is asked for', () => {
  expect(messagePush(sender, message(), 'cmqSimplified')).toEqual({ headers, body: 'a "b" 中文' });
  const bytes = Uint8Array.of(0, 0xff);
  expect(messagePush(sender, message({ body: { kind: 'binary', bytes } }), 'cmqSimplified').body).toEqual(bytes);
});

it('says bytes as base64 in an object', () => {
  const { body } = messagePush(sender, message({ body: { kind: 'binary', bytes: Uint8Array.of(0, 0xff) } }), 'cmqJson');
  expect(JSON.parse(String(body))).toMatchObject({ msgBody: 'AP8=' });
});

it('keeps any tag within its header, and leaves the header out without one', () => {
  expect(messagePush(sender, message({ tags: ['a\r\nb', '中'] }), 'cmqJson').headers['x-cmq-message-tag']).toBe('a%0D%0Ab, %E4%B8%AD');
  expect(messagePush(sender, message({ tags: [] }), 'cmqJson').headers).not.toHaveProperty('x-cmq-message-tag');
});
