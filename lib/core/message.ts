import { utf8Bytes } from './text-size.ts';
import type { EpochMs } from './time.ts';

/** Any UTF-8 text, or bytes. */
export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array };

/** The part of the dead-letter policy that made it one. */
export type DeadLetterReason = 'maxReceiveCount' | 'maxAgeSeconds';

/** Where a dead letter came from, and why it is here. Kept with the message until it is redriven. */
export interface DeadLetterOrigin {
  readonly queue: string;
  /** The incarnation: a queue of the same name made later is another one. */
  readonly incarnation: string;
  readonly messageId: string;
  readonly enqueuedAtMs: EpochMs;
  readonly receiveCount: number;
  readonly reason: DeadLetterReason;
}

/** Which message this is a copy of: stays with the copy, also when it becomes a dead letter and when it comes back. */
export interface ReplayOrigin {
  readonly replayId: string;
  /** Id and enqueue time of the message that was copied. */
  readonly messageId: string;
  readonly enqueuedAtMs: EpochMs;
}

/** What a producer hands in, as a segment keeps it. */
export interface MessageContent {
  readonly body: Body;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Of a message published to a topic: words separated by dots, for the binding keys of subscriptions. */
  readonly routingKey?: string;
  /** When a delayed message becomes due; absent when it is ready at once. */
  readonly dueAtMs?: EpochMs;
  readonly origin?: DeadLetterOrigin;
  readonly replay?: ReplayOrigin;
}

/**
 * State is read from the log, the lease and the clock, never stored.
 * `expired`: retention has passed, its body may still be in history.
 */
export type MessageState = 'delayed' | 'ready' | 'inFlight' | 'deleted' | 'deadLettered' | 'expired';

/** One message of one queue, as its log has it. */
export interface Message extends MessageContent {
  readonly messageId: string;
  readonly enqueuedAtMs: EpochMs;
}

/** A message handed to one consumer, hidden from others until `visibleAtMs`. */
export interface Delivery extends Message {
  readonly receiptHandle: string;
  readonly firstReceivedAtMs: EpochMs;
  /** Times handed out, this one included: 1 or more. */
  readonly receiveCount: number;
  readonly visibleAtMs: EpochMs;
}

/** What counts against `maxMessageBytes`: body, attributes and tags, as UTF-8. */
export function messageBytes({ body, attributes, tags }: Pick<MessageContent, 'body' | 'attributes' | 'tags'>): number {
  const bodyBytes = body.kind === 'text' ? utf8Bytes(body.text) : body.bytes.byteLength;
  const attributeBytes = Object.entries(attributes).reduce((sum, [name, value]) => sum + utf8Bytes(name) + utf8Bytes(value), 0);
  return bodyBytes + attributeBytes + tags.reduce((sum, tag) => sum + utf8Bytes(tag), 0);
}

/** Could it be that large? A quick no for most: UTF-8 takes at most three bytes for what counts as one in `length`. */
export function mayExceed({ body, attributes, tags }: Pick<MessageContent, 'body' | 'attributes' | 'tags'>, bytes: number): boolean {
  if (body.kind === 'binary') return true;
  const rest = Object.entries(attributes).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return 3 * (body.text.length + rest + tags.reduce((sum, tag) => sum + tag.length, 0)) > bytes;
}
