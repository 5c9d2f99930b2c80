import type { Body, DeadLetterOrigin, MessageContent, ReplayOrigin } from '../../core/message.ts';
import { epochMs } from '../../core/time.ts';

/**
 * A message as a row of a packed segment; what is missing at its end is left out.
 *
 *   [body, attributes, tags, due at, origin, replay, routing key]
 *
 *   body        a string, or bytes
 *   attributes  [name, value, name, value, …]: a list, so that a name like `__proto__` is only a name
 *   tags        [tag, …]
 *   due at      ms, or nil
 *   origin      [queue, incarnation, message id, enqueued at, receive count, reason], or nil; the reason
 *               is left out when it is the receive count
 *   replay      [replay id, message id, enqueued at] of a copy, or nil
 *   routing key text, or nil
 *
 * Stored data: add elements, never change or reuse one.
 */
type Row = readonly unknown[];

export function messageToRow({ body, attributes, tags, dueAtMs, origin, replay, routingKey }: MessageContent): Row {
  const row = [
    body.kind === 'text' ? body.text : body.bytes,
    Object.entries(attributes).flat(),
    tags,
    dueAtMs ?? null,
    origin ? originToList(origin) : null,
    replay ? [replay.replayId, replay.messageId, replay.enqueuedAtMs] : null,
    routingKey ?? null,
  ];
  return row.slice(0, row.findLastIndex(isThere) + 1);
}

const isThere = (value: unknown, index: number): boolean =>
  index === 0 || !(value === null || (Array.isArray(value) && value.length === 0));

const originToList = ({ queue, incarnation, messageId, enqueuedAtMs, receiveCount, reason }: DeadLetterOrigin): Row =>
  [queue, incarnation, messageId, enqueuedAtMs, receiveCount, ...(reason === 'maxReceiveCount' ? [] : [reason])];

/** @throws Error when it is no row */
export function messageFromRow(row: unknown): MessageContent {
  if (!Array.isArray(row)) throw new Error('not a segment: a message is no list');
  const [body, attributes = [], tags = [], dueAtMs, origin, replay, routingKey] = row as Row;
  return {
    body: bodyOf(body),
    attributes: attributesOf(texts(attributes)),
    tags: texts(tags),
    ...(typeof dueAtMs === 'number' && { dueAtMs: epochMs(dueAtMs) }),
    ...(Array.isArray(origin) && { origin: originOf(origin) }),
    ...(Array.isArray(replay) && { replay: replayOf(replay) }),
    ...(typeof routingKey === 'string' && { routingKey }),
  };
}

function bodyOf(body: unknown): Body {
  if (typeof body === 'string') return { kind: 'text', text: body };
  // A copy: what the unpacker gives is a view that keeps the whole segment in memory.
  if (body instanceof Uint8Array) return { kind: 'binary', bytes: Uint8Array.from(body) };
  throw new Error('not a segment: a body is neither text nor bytes');
}

const attributesOf = (flat: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])));

function originOf(list: Row): DeadLetterOrigin {
  const [queue, incarnation, messageId] = texts(list.slice(0, 3));
  return {
    queue: queue!,
    incarnation: incarnation!,
    messageId: messageId!,
    enqueuedAtMs: epochMs(Number(list[3])),
    receiveCount: Number(list[4]),
    reason: list[5] === 'maxAgeSeconds' ? 'maxAgeSeconds' : 'maxReceiveCount',
  };
}

function replayOf(list: Row): ReplayOrigin {
  const [replayId, messageId] = texts(list.slice(0, 2));
  return { replayId: replayId!, messageId: messageId!, enqueuedAtMs: epochMs(Number(list[2])) };
}

function texts(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value;
  throw new Error('not a segment: text was expected');
}
