import { toBase64 } from '../base64.ts';
import type { Delivery } from '../message.ts';
import type { PushRequest } from '../ports/push-endpoint.ts';
import type { Signer } from '../ports/signer.ts';
import type { EpochMs } from '../time.ts';
import { cmqPush, type CmqPushFormat, isCmqFormat } from './cmq-push.ts';
import { secretBytes } from './push-secret.ts';

/**
 * What an endpoint gets. Signed by the open convention "Standard Webhooks", so that receivers verify with a library
 * that they have: `webhook-signature` is `v1,` and the base64 HMAC-SHA256 of `webhook-id`.`webhook-timestamp`.body,
 * over the bytes of the body as they are sent. The id is the message's, the same at each attempt, for receivers that
 * want to take a message once; the timestamp is the attempt's, so that nobody can send an old one again.
 */
export interface PushContent {
  readonly headers: PushRequest['headers'];
  readonly body: PushRequest['body'];
}

/** `raw`: the message's body as it is. `json`: an object with all there is to say of the message. Others are those of a dialect. */
export type PushFormat = 'raw' | 'json' | CmqPushFormat;

/** A message on its way to an endpoint: one try of it. */
export interface PushedMessage extends Pick<Delivery, 'messageId' | 'body' | 'attributes' | 'tags' | 'enqueuedAtMs' | 'receiveCount'> {
  readonly routingKey?: string;
}

/** Whose push it is, and how it is signed. */
export interface PushSender {
  readonly topic: string;
  readonly subscription: string;
  /** Checked by `checkSecret`. Absent: without a signature. */
  readonly secret?: string;
  readonly signer: Pick<Signer, 'hmacSha256'>;
  readonly nowMs: EpochMs;
}

/** One try of one message. */
export function messagePush(sender: PushSender, message: PushedMessage, format: PushFormat): PushContent {
  if (isCmqFormat(format)) return cmqPush(sender, message, format);
  const { contentType, body } = format === 'json' ? envelopeOf(sender, message) : bareBodyOf(message);
  const headers = {
    ...headersOf(sender, 'message', contentType),
    'RewindMQ-Attempt': String(message.receiveCount),
    ...(message.tags.length > 0 && { 'RewindMQ-Tags': message.tags.map(inHeader).join(',') }),
    ...(message.routingKey !== undefined && { 'RewindMQ-Routing-Key': inHeader(message.routingKey) }),
  };
  return { headers: { ...headers, ...signatureOf(sender, message.messageId, body) }, body };
}

/** What the owner of an endpoint answers with the token to, before anything else is pushed there. `id` is new each time. */
export function confirmationPush(sender: PushSender, { id, token }: { readonly id: string; readonly token: string }): PushContent {
  const { topic, subscription } = sender;
  const body = JSON.stringify({ type: 'confirmation', topic, subscription, token });
  return { headers: { ...headersOf(sender, 'confirmation', JSON_TYPE), ...signatureOf(sender, id, body) }, body };
}

const JSON_TYPE = 'application/json';

interface TypedBody {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

function bareBodyOf({ body }: PushedMessage): TypedBody {
  if (body.kind === 'text') return { contentType: 'text/plain; charset=utf-8', body: body.text };
  return { contentType: 'application/octet-stream', body: body.bytes };
}

/** Fields that a receive of the same message shows too have the same names there. */
function envelopeOf({ topic, subscription }: PushSender, message: PushedMessage): TypedBody {
  const { messageId, body, attributes, tags, routingKey, enqueuedAtMs, receiveCount } = message;
  return {
    contentType: JSON_TYPE,
    body: JSON.stringify({
      messageId,
      topic,
      subscription,
      ...(body.kind === 'text' ? { body: body.text, encoding: 'text' } : { body: toBase64(body.bytes), encoding: 'base64' }),
      attributes,
      tags,
      ...(routingKey !== undefined && { routingKey }),
      enqueueTime: new Date(enqueuedAtMs).toISOString(),
      attempt: receiveCount,
    }),
  };
}

const headersOf = ({ topic, subscription }: PushSender, type: 'message' | 'confirmation', contentType: string): Record<string, string> => ({
  'Content-Type': contentType,
  'User-Agent': 'RewindMQ',
  'RewindMQ-Type': type,
  'RewindMQ-Topic': inHeader(topic),
  'RewindMQ-Subscription': inHeader(subscription),
});

/**
 * Percent-encoded UTF-8 of all but visible ASCII, and of `%` and `,`: whatever the text, it stays one value of one
 * header, and `decodeURIComponent` gives it back.
 */
const inHeader = (text: string): string => text.replaceAll(/[^!-$&-+\--~]/gu, encodeURIComponent);

const MS_PER_SECOND = 1000;

function signatureOf({ secret, signer, nowMs }: PushSender, id: string, body: string | Uint8Array): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / MS_PER_SECOND));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const signature = signer.hmacSha256(secretBytes(secret), joined(`${id}.${timestamp}.`, body));
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

function joined(beginning: string, body: string | Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  if (typeof body === 'string') return encoder.encode(beginning + body);
  const head = encoder.encode(beginning);
  const bytes = new Uint8Array(head.byteLength + body.byteLength);
  bytes.set(head);
  bytes.set(body, head.byteLength);
  return bytes;
}
