import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { checkLimit } from '../limits.ts';
import { segmentWith } from '../log/history.ts';
import type { MessageFilter } from '../message-filter.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { messageIdAt, parseMessageId, type Position } from '../position.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, isoText, secondsAfter } from '../time.ts';
import type { StartPoint } from './chain-starts.ts';
import { parseName } from './names.ts';

/** Where a rewind begins: everything enqueued from an instant on, or from a message on; a position is the id of one. */
export type RewindFrom = { readonly atMs: EpochMs } | { readonly messageId: string } | { readonly position: string };

export interface RewindRequest {
  readonly name: string;
  /** May be absent only where message ids are given. */
  readonly from?: RewindFrom;
  /** Before this; with it, or with a filter, only what was settled is handed out again, beside the live queue. */
  readonly toMs?: EpochMs;
  readonly filter?: MessageFilter;
  readonly requestedBy?: string;
}

/** The stretch of history that a rewind is about. */
export interface RewindWindow {
  readonly from: StartPoint;
  readonly toMs: EpochMs | undefined;
}

/**
 * What was asked for, checked against what the queue allows.
 * @throws CallerError `rewindIsOff`, `rewindOutOfRange`, `malformedRequest`, `parameterOutOfRange`, `messageNotFound`
 */
export async function windowOf(deps: Deps, view: QueueView, { name, from, toMs, filter }: RewindRequest): Promise<RewindWindow> {
  const { settings: { rewindSeconds } } = view.definition;
  if (rewindSeconds === 0) {
    const named = parseName(name);
    const owner = named.kind === 'queue' ? name : `the topic ${named.topic}`;
    throw new CallerError('rewindIsOff', `rewindSeconds of ${owner} is 0: what is deleted is gone; PATCH sets it, and it holds for certain for what is sent from then on`, named.kind === 'queue' ? { queue: name } : { topic: named.topic });
  }
  if (filter?.messageIds) checkLimit('batchEntries', 'filter.messageIds', filter.messageIds.length);
  filter?.messageIds?.forEach((messageId, at) => parseMessageId(messageId, `filter.messageIds[${at}]`));
  const nowMs = deps.system.now();
  const firstMs = secondsAfter(nowMs, -rewindSeconds);
  if (!from && !filter?.messageIds) throw new CallerError('malformedRequest', 'from: a time, a message id or a position is needed', { field: 'from' });
  const point: StartPoint = from ? await pointOf(deps, view, from) : { atMs: firstMs };
  checkRange('from', point.atMs, firstMs, nowMs);
  if (toMs !== undefined && toMs <= point.atMs) {
    throw new CallerError('rewindOutOfRange', `to must be later than the start, ${isoText(point.atMs)}, got ${isoText(toMs)}`, { field: 'to', value: isoText(toMs), first: isoText(point.atMs) });
  }
  return { from: point, toMs };
}

/** @throws CallerError `messageNotFound`, and for what is no message id */
export async function pointOf(deps: Deps, { definition: { incarnation, name } }: QueueView, from: RewindFrom): Promise<StartPoint> {
  if ('atMs' in from) return from;
  const [field, messageId] = 'position' in from ? ['from.position', from.position] : ['from.messageId', from.messageId];
  const position: Position = parseMessageId(messageId, field);
  const segment = await segmentWith(deps, { log: logOf(incarnation), shard: position.shard }, position.offset);
  if (!segment) {
    throw new CallerError('messageNotFound', `${name} has no message ${messageIdAt(position)}, or its history has ended`, { field, messageId });
  }
  return { atMs: segment.enqueuedAtMs, exactly: position };
}

function checkRange(field: string, atMs: EpochMs, firstMs: EpochMs, lastMs: EpochMs): void {
  if (atMs >= firstMs && atMs <= lastMs) return;
  const [value, first, last] = [isoText(atMs), isoText(firstMs), isoText(lastMs)];
  throw new CallerError('rewindOutOfRange', `${field} must lie from ${first} to ${last}, got ${value}`, { field, value, first, last });
}
