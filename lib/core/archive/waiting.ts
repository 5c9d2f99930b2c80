import type { Deps } from '../deps.ts';
import { archivedEnd } from '../log/history.ts';
import { endOf, isSeal, leaseRemovableAt, objectNeededUntil } from '../log/segment.ts';
import type { Segment, ShardKey } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { earliest, type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';

/**
 * What of a shard is not in the archive yet: what lies behind its last manifest, and what was left out
 * before it, since it could not be read when its turn came.
 *
 *   offset    0 ──────── 40 ─── 43 ──────── 90 ───────── 130
 *   archive   [ manifest ]      [ manifest ]
 *   left out              [ 40 ]
 *   waiting               [    ]            [ segments …
 */
export interface Progress {
  /** First offset behind everything that is archived. */
  readonly end: Offset;
  /** First offsets of the segments that were left out, ascending. */
  readonly leftOut: readonly Offset[];
}

/** One read, and two more where something was left out. */
export async function progressOf(deps: Deps, { log, shard }: ShardKey): Promise<Progress> {
  const last = await deps.archive.lastEntry({ log, shard });
  if (last?.kind !== 'leftOut') return { end: last?.manifest.end ?? 0, leftOut: [] };
  const leftOut = await deps.archive.listLeftOut({ log, shard }, bounds.archiveLeftOut);
  return { end: await archivedEnd(deps, { log, shard }), leftOut: leftOut.map(({ base }) => base) };
}

/** Strongly read, ascending, up to the first that is too young. */
export async function* dueSegments(deps: Deps, { log, shard }: ShardKey, from: Offset, beforeMs: EpochMs): AsyncGenerator<Segment> {
  for (let next = from; ;) {
    const page = await deps.log.listSegments({ log, shard, from: next, limit: bounds.archivePage, consistent: true });
    for (const segment of page) {
      if (isSeal(segment) || segment.enqueuedAtMs >= beforeMs) return;
      yield segment;
    }
    const last = page[page.length - 1];
    if (!last) return;
    next = endOf(last);
  }
}

/** A segment that was left out, as long as the table has it. */
export async function segmentLeftOut(deps: Deps, { log, shard }: ShardKey, base: Offset): Promise<Segment | undefined> {
  const segment = await deps.log.segmentAt({ log, shard }, base);
  return segment?.base === base ? segment : undefined;
}

/** All that is due and waits, those left out first. */
async function* waitingSegments(deps: Deps, shard: ShardKey, beforeMs: EpochMs): AsyncGenerator<Segment> {
  const { end, leftOut } = await progressOf(deps, shard);
  for (const base of leftOut) {
    const segment = await segmentLeftOut(deps, shard, base);
    if (segment && segment.enqueuedAtMs < beforeMs) yield segment;
  }
  for await (const segment of dueSegments(deps, shard, end, beforeMs)) {
    if (!leftOut.includes(segment.base)) yield segment;
  }
}

/** Enqueue time of the first segment that is due and not archived. */
export async function firstLeft(deps: Deps, shard: ShardKey, beforeMs: EpochMs): Promise<EpochMs | undefined> {
  for await (const { enqueuedAtMs } of waitingSegments(deps, shard, beforeMs)) return enqueuedAtMs;
  return undefined;
}

/**
 * Let what could not be archived live longer in the table: segments that are too old to wait, and would
 * be gone before somebody has ended the trouble. An update of a body costs its size again.
 */
export async function extendLeft(deps: Deps, shard: ShardKey, untilMs: EpochMs): Promise<number> {
  const nowMs = deps.system.now();
  const oldMs = msAfter(nowMs, -timing.archiveTroubleMs);
  let extended = 0;
  for await (const segment of waitingSegments(deps, shard, oldMs)) {
    if (deps.system.now() >= untilMs) break;
    // No longer than its history, and not every hour again.
    const wantedMs = earliest(neededUntil(segment), msAfter(nowMs, timing.hotLifeMs));
    const isNear = segment.removableAtMs <= earliest(msAfter(nowMs, timing.archiveTroubleMs), msAfter(wantedMs, -1));
    if (isNear && await deps.log.extendSegment(segment, wantedMs) === 'landed') extended += 1;
  }
  return extended;
}

/** A segment without its object is of no use: that has a life of its own. */
function neededUntil(segment: Segment): EpochMs {
  const historyMs = leaseRemovableAt(segment);
  if (segment.body.kind !== 'object') return historyMs;
  return earliest(historyMs, objectNeededUntil(segment.enqueuedAtMs, segment.lastDueAtMs, segment.retentionSeconds));
}
