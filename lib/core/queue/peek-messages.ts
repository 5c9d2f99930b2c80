import type { Deps } from '../deps.ts';
import { type Located, type Standing, standingOf } from '../group/message-state.ts';
import { parseCursor } from '../group/peek-cursor.ts';
import { type PeekSources, placesFrom } from '../group/peek-places.ts';
import { checkLimit } from '../limits.ts';
import type { Message } from '../message.ts';
import { messageIdAt, type Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import { viewByName } from './view.ts';

/** A message as it stands now, seen without receiving it. */
export type PeekedMessage = Message & Standing;

export interface PeekRequest {
  readonly name: string;
  readonly state: 'ready' | 'inFlight' | 'delayed';
  readonly tag?: string;
  /** Enqueued at or after. */
  readonly fromMs?: EpochMs;
  /** Enqueued before. */
  readonly toMs?: EpochMs;
  readonly limit: number;
  readonly cursor?: string;
}

export interface PeekAnswer {
  readonly messages: readonly PeekedMessage[];
  /** Absent when everything was looked at. A page may be empty and still have one. */
  readonly cursor?: string;
}

/** Where messages of a state may be found. After a rewind those that are still delayed may be unread in the log. */
const sourcesOf: Record<PeekRequest['state'], PeekSources> = {
  ready: { sources: ['leases', 'parked', 'alarms', 'log'], isForDelayed: false },
  inFlight: { sources: ['leases', 'parked', 'alarms'], isForDelayed: false },
  delayed: { sources: ['leases', 'parked', 'alarms', 'log'], isForDelayed: true },
};

/** Places looked at for one page, whatever the filters let through: bounds what a peek costs. */
const PLACES_PER_PAGE = 2000;

/**
 * Look at messages without receiving them: nothing changes, nobody is hindered, and what is seen may
 * be received by somebody else a moment later.
 * @throws CallerError `queueNotFound`, `parameterOutOfRange`, `malformedRequest` for a foreign cursor
 */
export async function peekMessages(deps: Deps, request: PeekRequest): Promise<PeekAnswer> {
  checkLimit('peekMessages', 'limit', request.limit);
  const start = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  const view = await viewByName(deps, request.name, 0);
  const nowMs = deps.system.now();
  const messages: PeekedMessage[] = [];
  let looked = 0;
  for await (const place of placesFrom(deps, view, sourcesOf[request.state], start)) {
    const isFull = messages.length >= request.limit || looked >= PLACES_PER_PAGE;
    if (isFull) return { messages, cursor: place.cursor };
    looked += place.looked;
    const { located } = place;
    if (!located) continue;
    const standing = standingOf(located, view.definition.settings, nowMs);
    if (standing.state === request.state && passes(request, located)) messages.push(peeked(located, place.offset, standing));
  }
  return { messages };
}

function passes({ tag, fromMs, toMs }: PeekRequest, { content, segment }: Located): boolean {
  return (tag === undefined || content.tags.includes(tag))
    && (fromMs === undefined || segment.enqueuedAtMs >= fromMs)
    && (toMs === undefined || segment.enqueuedAtMs < toMs);
}

const peeked = ({ segment, content }: Located, offset: Offset, standing: Standing): PeekedMessage =>
  ({ ...content, messageId: messageIdAt({ shard: segment.shard, offset }), enqueuedAtMs: segment.enqueuedAtMs, ...standing });
