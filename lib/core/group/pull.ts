import type { Body, Message, MessageContent } from '../message.ts';
import type { Hold, Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Chain } from '../ports/queue-table.ts';
import { messageIdAt, type Offset } from '../position.ts';
import type { QueueSettings } from '../queue.ts';
import { base64Bytes, isShorterInBase64, jsonBytes, utf8Bytes } from '../text-size.ts';
import type { EpochMs } from '../time.ts';
import type { Membership } from './membership.ts';

/** One look for messages on behalf of one consumer. */
export interface Pull {
  readonly incarnation: string;
  readonly chain: Chain;
  readonly settings: QueueSettings;
  readonly nowMs: EpochMs;
  readonly visibilityMs: number;
  readonly answerBytesLeft: number;
  /**
   * Not for a consumer: what could have been consumed since then, or for longer, is taken to be moved to the dead-letter
   * queue. Nothing else is, and it does not count as received.
   */
  readonly unconsumedSinceMs?: EpochMs;
  /** Only these; what is passed over stays available to everybody else. */
  readonly select?: (message: Message) => boolean;
  /** The first offset of a shard that belongs to another chain; absent: all are this one's. */
  readonly boundOf?: (shard: string) => Offset;
  /** Of a filtered subscription; the messages that do not belong to it are nobody's in its chains. */
  readonly membership?: Membership;
  /** Which messages of a segment the chain is about, by position; absent: all. The others are nobody's in it. */
  readonly admits?: (segment: Segment, contents: readonly MessageContent[]) => Promise<(position: number) => Admission>;
}

/** `later`: it is not told yet, so that nothing from there on is leased. */
export type Admission = 'yes' | 'no' | 'later';

/** The first offset of a shard that the pull must leave alone. */
export const boundFor = ({ boundOf }: Pull, shard: string): Offset => boundOf?.(shard) ?? Number.MAX_SAFE_INTEGER;

/** A message won by this consumer, with the hold that proves it. */
export interface Deliverable {
  readonly lease: Lease;
  readonly hold: Hold;
  readonly segment: Segment;
  readonly content: MessageContent;
  /** Relative to the lease. */
  readonly position: number;
}

/** Does the pull want this message? */
export const isWanted = ({ select, unconsumedSinceMs }: Pull, segment: Segment, content: MessageContent, offset: Offset): boolean =>
  (unconsumedSinceMs === undefined || isOldEnough(unconsumedSinceMs, segment, content))
  && (!select || select({ ...content, messageId: messageIdAt({ shard: segment.shard, offset }), enqueuedAtMs: segment.enqueuedAtMs }));

/** What is delayed could not be consumed before it fell due. */
const isOldEnough = (sinceMs: EpochMs, { enqueuedAtMs }: Segment, { dueAtMs = enqueuedAtMs }: MessageContent): boolean =>
  enqueuedAtMs <= sinceMs && dueAtMs <= sinceMs;

/** By how much a take raises the receive count. */
export const receivesBy = ({ unconsumedSinceMs }: Pull): number => (unconsumedSinceMs === undefined ? 1 : 0);

/** Handle, id, times, names and punctuation of one message in an answer. */
const ENVELOPE_BYTES = 400;

/** About what a message takes in an answer. */
export function answerBytes({ body, attributes, tags }: MessageContent): number {
  const rest = Object.entries(attributes).reduce((sum, [name, value]) => sum + jsonBytes(name) + jsonBytes(value) + 6, 0);
  return ENVELOPE_BYTES + bodyBytes(body) + rest + tags.reduce((sum, tag) => sum + jsonBytes(tag) + 3, 0);
}

/** Bytes come in base64, and so does text that its escapes would blow up. */
function bodyBytes(body: Body): number {
  if (body.kind === 'binary') return base64Bytes(body.bytes.byteLength);
  return isShorterInBase64(body.text) ? base64Bytes(utf8Bytes(body.text)) : jsonBytes(body.text);
}
