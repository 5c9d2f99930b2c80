import { toBase64 } from '../base64.ts';
import type { PushContent, PushedMessage, PushSender } from './push-message.ts';

/** `cmqJson`: an object with what there is to say of the message. `cmqSimplified`: its body as it is. */
export type CmqPushFormat = 'cmqJson' | 'cmqSimplified';

export const isCmqFormat = (format: string): format is CmqPushFormat => format === 'cmqJson' || format === 'cmqSimplified';

const MS_PER_SECOND = 1000;

/** The account that a topic belongs to: here there is one, without a number. */
const TOPIC_OWNER = 0;

/** A push as receivers of CMQ know it: without a signature, and of type text whatever the body. */
export function cmqPush({ topic, subscription }: PushSender, message: PushedMessage, format: CmqPushFormat): PushContent {
  const { messageId, body, tags, enqueuedAtMs, receiveCount } = message;
  const headers = {
    'Content-Type': 'text/plain',
    'User-Agent': 'Qcloud Notification Service Agent',
    'x-cmq-request-id': `${messageId}-${receiveCount}`,
    'x-cmq-message-id': messageId,
    // Only visible ASCII can stand in a header.
    ...(tags.length > 0 && { 'x-cmq-message-tag': tags.map((tag) => tag.replaceAll(/[^!-$&-~]/gu, encodeURIComponent)).join(', ') }),
  };
  if (format === 'cmqSimplified') return { headers, body: body.kind === 'text' ? body.text : body.bytes };
  return {
    headers,
    body: JSON.stringify({
      TopicOwner: TOPIC_OWNER,
      topicName: topic,
      subscriptionName: subscription,
      msgId: messageId,
      msgBody: body.kind === 'text' ? body.text : toBase64(body.bytes),
      publishTime: Math.floor(enqueuedAtMs / MS_PER_SECOND),
    }),
  };
}
