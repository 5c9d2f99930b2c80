import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import { type ReadableShard, readLog } from '../group/read-log.ts';
import type { ReadPoint } from '../group/reader-memory.ts';
import { archivedFrom, segmentWith } from '../log/history.ts';
import { endOf, isSeal, outlivesTable } from '../log/segment.ts';
import type { ReplayJob, ShardLeft } from '../ports/job-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Definition } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { historySeconds } from '../queue.ts';
import { logOf } from '../subscription.ts';
import { bounds } from '../timing.ts';
import { inParallel } from './in-parallel.ts';

/** Messages of one segment: the offsets [from, end). */
export interface WindowPart {
  readonly segment: Segment;
  readonly from: Offset;
  readonly end: Offset;
}

/** Where the reading of one shard has come to. */
interface Cursor extends ReadableShard {
  readonly until: Offset;
  next: ReadPoint;
  /** Read, not yet handed out; ascending. */
  ahead: readonly Segment[];
}

/**
 * What is left of a window of a queue, all shards merged in the order of enqueue times, from the table or
 * from the archive. What has expired is left out. A shard's own order is that of its offsets, in which enqueue times never go back.
 */
export async function* partsInOrder(
  deps: Deps, { incarnation, settings }: Pick<Definition, 'incarnation' | 'settings'>, left: ReplayJob['left'],
): AsyncGenerator<WindowPart> {
  const log = logOf(incarnation);
  const cursors: Cursor[] = [];
  const readAhead = Math.max(1, Math.floor(bounds.replayReadAhead / Math.max(1, Object.keys(left).length)));
  await inParallel(Object.entries(left), async ([shard, stretch]) => {
    const cursor = await cursorAt(deps, { log, shard, settings }, stretch);
    await fill(deps, cursor, readAhead);
    cursors.push(cursor);
  });
  for (;;) {
    const first = earliestOf(cursors);
    const segment = first?.ahead[0];
    if (!first || !segment) return;
    const end = Math.min(endOf(segment), first.until);
    yield { segment, from: Math.max(segment.base, first.next.offset), end };
    first.next = { offset: end, base: endOf(segment) };
    first.ahead = first.ahead.slice(1);
    await fill(deps, first, readAhead);
  }
}

/** Of two of the same time always the same one: who goes on after a crash comes to the same order. */
function earliestOf(cursors: readonly Cursor[]): Cursor | undefined {
  let found: Cursor | undefined;
  for (const cursor of cursors) if (isBefore(cursor, found)) found = cursor;
  return found;
}

function isBefore(cursor: Cursor, other: Cursor | undefined): boolean {
  const [mine, theirs] = [cursor.ahead[0], other?.ahead[0]];
  if (!mine || !other || !theirs) return mine !== undefined;
  if (mine.enqueuedAtMs !== theirs.enqueuedAtMs) return mine.enqueuedAtMs < theirs.enqueuedAtMs;
  return cursor.shard < other.shard;
}

async function cursorAt(deps: Deps, shard: ReadableShard, { next, until }: ShardLeft): Promise<Cursor> {
  const segment = next === 0 ? undefined : await segmentWith(deps, shard, next);
  return { ...shard, until, next: { offset: next, base: segment?.base ?? next }, ahead: [] };
}

/** Something to hand out next, unless the stretch is at its end or nothing of it is left. */
async function fill(deps: Deps, cursor: Cursor, limit: number): Promise<void> {
  for (let reads = 0; cursor.ahead.length === 0 && cursor.next.offset < cursor.until; reads += 1) {
    if (reads === bounds.slowReads) throw new StoreUnavailable('the log does not show what was written long ago', { outcome: 'refused' });
    const { segments } = await readLog(deps, cursor, cursor.next, limit);
    cursor.ahead = segments.filter(({ base }) => base < cursor.until);
    if (cursor.ahead.length > 0 || await isGone(deps, cursor)) return;
    await deps.system.sleep(50 * 2 ** reads);
  }
}

/** An eventual read may not show what is there: only of a strong one is an absence believed. */
async function isGone(deps: Deps, { log, shard, settings, next, until }: Cursor): Promise<boolean> {
  const last = await deps.log.segmentAt({ log, shard }, until - 1);
  if (last && !isSeal(last) && endOf(last) > next.offset) return false;
  return !outlivesTable(historySeconds(settings)) || (await archivedFrom(deps, { log, shard }, next.offset, until)).length === 0;
}
