import type { SchemaElement } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import type { Body, DeadLetterOrigin, MessageContent, ReplayOrigin } from '../../core/message.ts';
import type { ArchivedSegment } from '../../core/ports/segment-archive.ts';
import type { ShardKey } from '../../core/ports/log-table.ts';
import { messageIdAt, type Offset } from '../../core/position.ts';
import { epochMs, latest } from '../../core/time.ts';

/**
 * The columns of a file. Stored data, and an interface for whoever queries it: add, never change or reuse.
 *
 *   queue              text                 name of the queue, or topic.<name> of a topic
 *   shard              text                 shard of its log
 *   offset             64 bit               dense within the shard, ascending within the file
 *   message_id         text                 as the API has it
 *   enqueue_time       timestamp, ms, UTC
 *   due_time           timestamp or null    of delayed messages
 *   attributes         map of text to text
 *   tags               list of text
 *   body               text or null         null when it is binary
 *   body_bytes         bytes or null        null when it is text
 *   dead_letter_origin text or null         JSON: queue, incarnation, messageId, enqueuedAt, receiveCount, reason
 *   replay             text or null         JSON, of a copy: replayId, messageId, enqueuedAt of the message that was copied
 *   routing_key        text or null         of a message of a topic
 *   recipient          text or null         of what came back from a dead-letter queue: the subscription that it is for
 *   segment            64 bit               first offset of the send that it came with
 *   append_id          text                 id of that send
 *   retention_seconds  32 bit               history in force at that send
 */
export const schema: SchemaElement[] = [
  { name: 'root', num_children: 17 },
  { name: 'queue', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'shard', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'offset', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'message_id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'enqueue_time', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'REQUIRED' },
  { name: 'due_time', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' },
  { name: 'attributes', converted_type: 'MAP', repetition_type: 'REQUIRED', num_children: 1 },
  { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
  { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'value', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'tags', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'body', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'body_bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  { name: 'dead_letter_origin', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'replay', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'routing_key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'recipient', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'segment', type: 'INT64', repetition_type: 'REQUIRED' },
  { name: 'append_id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'retention_seconds', type: 'INT32', repetition_type: 'REQUIRED' },
];

/**
 * How we read them ourselves: of a map the reader makes an object, in which a key `__proto__` is lost;
 * of the same column not called a map a list of keys and values.
 */
export const withoutMaps = (elements: readonly SchemaElement[]): SchemaElement[] =>
  elements.map(({ converted_type: type, ...element }) => (type === undefined || type === 'MAP' ? element : { ...element, converted_type: type }));

/** All but what is there for others only: a message is rebuilt from these. */
export const columnsToRead: string[] = [
  'offset', 'enqueue_time', 'due_time', 'attributes', 'tags', 'body', 'body_bytes', 'dead_letter_origin', 'replay', 'routing_key', 'recipient', 'segment', 'append_id', 'retention_seconds',
];

/** Statistics only where a reader can leave out a row group by them: others would be bytes of the footer for nothing. */
export function toColumns({ queue, shard }: ShardKey & { readonly queue: string }, archived: readonly ArchivedSegment[]): ColumnSource[] {
  const rows = archived.flatMap(({ segment, contents }) =>
    contents.map((content, position) => ({ segment, content, offset: segment.base + position })));
  return [
    column('queue', rows.map(() => queue)),
    column('shard', rows.map(() => shard)),
    column('offset', rows.map(({ offset }) => BigInt(offset)), { statistics: true, encoding: 'DELTA_BINARY_PACKED' }),
    column('message_id', rows.map(({ offset }) => messageIdAt({ shard, offset })), { encoding: 'PLAIN' }),
    column('enqueue_time', rows.map(({ segment }) => new Date(segment.enqueuedAtMs)), { statistics: true }),
    column('due_time', rows.map(({ content }) => (content.dueAtMs === undefined ? null : new Date(content.dueAtMs))), { statistics: true }),
    column('attributes', rows.map(({ content }) => new Map(Object.entries(content.attributes)))),
    column('tags', rows.map(({ content }) => content.tags)),
    column('body', rows.map(({ content: { body } }) => (body.kind === 'text' ? body.text : null)), { encoding: 'PLAIN' }),
    column('body_bytes', rows.map(({ content: { body } }) => (body.kind === 'binary' ? body.bytes : null)), { encoding: 'PLAIN' }),
    column('dead_letter_origin', rows.map(({ content }) => (content.origin ? originToJson(content.origin) : null))),
    column('replay', rows.map(({ content }) => (content.replay ? originToJson(content.replay) : null))),
    column('routing_key', rows.map(({ content }) => content.routingKey ?? null)),
    column('recipient', rows.map(({ segment }) => segment.recipient ?? null)),
    column('segment', rows.map(({ segment }) => BigInt(segment.base)), { encoding: 'DELTA_BINARY_PACKED' }),
    column('append_id', rows.map(({ segment }) => segment.appendId)),
    column('retention_seconds', rows.map(({ segment }) => segment.retentionSeconds)),
  ];
}

const column = (name: string, data: unknown[], more: Partial<ColumnSource> = {}): ColumnSource => ({ name, data, statistics: false, ...more });

/** A row as the reader gives it, in the types that the schema names. */
export interface Row {
  readonly offset: bigint;
  readonly enqueue_time: number;
  readonly due_time?: number | null;
  readonly attributes: { readonly key_value: readonly { readonly key: string; readonly value: string }[] };
  readonly tags: readonly string[];
  readonly body?: string | null;
  readonly body_bytes?: Uint8Array | null;
  readonly dead_letter_origin?: string | null;
  readonly replay?: string | null;
  readonly routing_key?: string | null;
  readonly recipient?: string | null;
  readonly segment: bigint;
  readonly append_id: string;
  readonly retention_seconds: number;
}

/** Rows of whole segments, put together again. @throws Error when offsets do not follow one another */
export function fromRows({ log, shard }: ShardKey, first: Offset, rows: readonly Row[]): readonly ArchivedSegment[] {
  const segments: ArchivedSegment[] = [];
  for (let at = 0; at < rows.length;) {
    const begin = rows[at]!;
    const base = Number(begin.segment);
    const end = rows.findIndex(({ segment }, index) => index > at && segment !== begin.segment);
    const own = rows.slice(at, end === -1 ? rows.length : end);
    if (base !== first + at || Number(begin.offset) !== base) throw new Error(`row ${at} is not where its segment begins`);
    segments.push(segmentOf({ log, shard }, base, begin, own.map(contentOf)));
    at += own.length;
  }
  return segments;
}

function segmentOf({ log, shard }: ShardKey, base: Offset, row: Row, contents: readonly MessageContent[]): ArchivedSegment {
  const dues = contents.flatMap(({ dueAtMs }) => dueAtMs ?? []);
  return {
    segment: {
      log, shard, base, count: contents.length, enqueuedAtMs: epochMs(row.enqueue_time), appendId: row.append_id,
      retentionSeconds: row.retention_seconds,
      ...(typeof row.recipient === 'string' && { recipient: row.recipient }),
      ...(dues.length > 0 && { lastDueAtMs: dues.reduce((last, due) => latest(last, due)) }),
    },
    contents,
  };
}

function contentOf(row: Row): MessageContent {
  return {
    body: bodyOf(row),
    attributes: Object.fromEntries(row.attributes.key_value.map(({ key, value }) => [key, value])),
    tags: row.tags,
    ...(typeof row.due_time === 'number' && { dueAtMs: epochMs(row.due_time) }),
    ...(typeof row.dead_letter_origin === 'string' && { origin: originFromJson(row.dead_letter_origin) as DeadLetterOrigin }),
    ...(typeof row.replay === 'string' && { replay: originFromJson(row.replay) as ReplayOrigin }),
    ...(typeof row.routing_key === 'string' && { routingKey: row.routing_key }),
  };
}

function bodyOf({ body, body_bytes: bytes }: Row): Body {
  if (typeof body === 'string') return { kind: 'text', text: body };
  // A copy: what the reader gives is a view that keeps the whole page in memory.
  if (bytes instanceof Uint8Array) return { kind: 'binary', bytes: Uint8Array.from(bytes) };
  throw new Error('a row has neither a text nor bytes');
}

type Origin = DeadLetterOrigin | ReplayOrigin;

const originToJson = ({ enqueuedAtMs, ...origin }: Origin): string =>
  JSON.stringify({ ...origin, enqueuedAt: new Date(enqueuedAtMs).toISOString() });

function originFromJson(text: string): Origin {
  const { enqueuedAt, ...origin } = JSON.parse(text) as Omit<Origin, 'enqueuedAtMs'> & { readonly enqueuedAt: string };
  return { ...origin, enqueuedAtMs: epochMs(Date.parse(enqueuedAt)) } as Origin;
}
