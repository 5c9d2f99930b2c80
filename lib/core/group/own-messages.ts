import type { Deps } from '../deps.ts';
import { segmentWith } from '../log/history.ts';
import { endOf } from '../log/segment.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { historySeconds } from '../queue.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, secondsAfter } from '../time.ts';
import { bounds, DAY_MS } from '../timing.ts';
import { type Membership, membershipOf } from './membership.ts';
import { readableContents, readLog } from './read-log.ts';

/**
 * Which messages of its topic's log are a subscription's own cannot be told from their offsets where it has a
 * filter, nor where dead letters have come back to another subscription alone. Then a bounded number of them is
 * looked at, and stands for the others.
 */
export interface OwnLook extends OffsetRun {
  /** From the first that is still there … */
  readonly lookedFrom: Offset;
  /** … up to here it was looked at. */
  readonly lookedTo: Offset;
  /** Of those, its own. */
  readonly own: readonly Offset[];
  /** When the first of its own was sent. */
  readonly firstAtMs: EpochMs | undefined;
}

/** A run of offsets of one shard. */
export interface OffsetRun {
  readonly shard: string;
  readonly first: Offset;
  readonly end: Offset;
}

/** Every message of the log is its own, for certain. */
export function hasEverything(view: QueueView, nowMs: EpochMs): boolean {
  const membership = membershipOf(view);
  return !membership || (membership.isOpen && !mayHavePrivate(view, nowMs));
}

/** That something was redriven is noted about once a day. */
function mayHavePrivate({ topicRedrivenAtMs, definition: { settings } }: QueueView, nowMs: EpochMs): boolean {
  return topicRedrivenAtMs !== undefined && nowMs < secondsAfter(topicRedrivenAtMs, historySeconds(settings) + 2 * DAY_MS / 1000);
}

export interface OwnLookBounds {
  /** Of the segment with the first one, or one before it, where that is known. */
  readonly base?: Offset;
  readonly segmentsMax: number;
}

/** Look into a run from its beginning on. */
export async function lookForOwn(deps: Deps, view: QueueView, run: OffsetRun, { base, segmentsMax }: OwnLookBounds): Promise<OwnLook> {
  const { incarnation, settings } = view.definition;
  const membership = membershipOf(view);
  const { shard, first, end } = run;
  const key = { log: logOf(incarnation), shard };
  const from = { offset: first, base: base ?? (await segmentWith(deps, key, first))?.base ?? first };
  const { segments, startsAt } = await readLog(deps, { ...key, settings }, from, segmentsMax);
  const lookedFrom = Math.min(startsAt, end);
  const own: Offset[] = [];
  let firstAtMs: EpochMs | undefined;
  let lookedTo = lookedFrom;
  let bytes = 0;
  for (const segment of segments) {
    if (segment.base >= end || lookedTo - lookedFrom >= bounds.previewMessages || bytes >= bounds.previewBytes) break;
    const found = (await ownOffsets(deps, membership, segment)).filter((offset) => offset >= first && offset < end);
    if (found.length > 0) firstAtMs ??= segment.enqueuedAtMs;
    own.push(...found);
    bytes += fetchedBytes(segment);
    lookedTo = Math.min(endOf(segment), end);
  }
  return { ...run, lookedFrom, lookedTo, own, firstAtMs };
}

/** What is in the table has come with the read. */
const fetchedBytes = ({ body }: Segment): number => (body.kind === 'object' ? body.packedBytes : 0);

/** Only what a filter decides about is unpacked. */
async function ownOffsets(deps: Deps, membership: Membership | undefined, segment: Segment): Promise<readonly Offset[]> {
  if (membership?.mayHave(segment) === false) return [];
  const all = Array.from({ length: segment.count }, (_, position) => segment.base + position);
  if (!membership || membership.isOpen || segment.recipient !== undefined) return all;
  const contents = await readableContents(deps, segment) ?? [];
  return all.filter((_, position) => {
    const content = contents[position];
    return content !== undefined && membership.has(segment, content);
  });
}

/** Part of what was looked at that is its own; undefined where nothing was. */
export function ownPart(looks: readonly OwnLook[]): number | undefined {
  const looked = looks.reduce((sum, { lookedFrom, lookedTo }) => sum + lookedTo - lookedFrom, 0);
  return looked === 0 ? undefined : looks.reduce((sum, { own }) => sum + own.length, 0) / looked;
}

/** How many of a part of the run are its own: exactly, as far as it was looked at. */
export function ownWithin(look: OwnLook, { first, end }: Pick<OffsetRun, 'first' | 'end'>): number {
  const seen = look.own.filter((offset) => offset >= first && offset < end).length;
  const unseen = Math.max(0, Math.min(end, look.end) - Math.max(first, look.lookedTo));
  return seen + unseen * (ownPart([look]) ?? 1);
}
