import type { Deps } from '../deps.ts';
import { archivedFrom, knownManifest } from '../log/history.ts';
import { endOf } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { Segment, ShardKey } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { bounds } from '../timing.ts';
import { positionsOf } from './holds.ts';
import { readableContents } from './read-log.ts';

export interface LeaseMessage {
  readonly segment: Segment;
  readonly content: MessageContent;
}

/** By position; what is in neither is no longer in the log. */
export interface LeaseMessages {
  readonly found: ReadonlyMap<number, LeaseMessage>;
  /** In the log, but in an object that cannot be read now. */
  readonly unreadable: ReadonlySet<number>;
}

/**
 * The unsettled messages of a lease, by one query of its stretch of the log. An eventual read may miss
 * one; what a strong read misses is in the archive, and only what is not there either has expired.
 */
export async function messagesOf(deps: Deps, log: string, lease: Lease): Promise<LeaseMessages> {
  const gathered: Gathered = { found: new Map(), unreadable: new Set(), wanted: new Set(lease.holds.flatMap(({ held }) => positionsOf(held))) };
  for (const page of pagesOf(deps, { log, shard: lease.shard }, lease)) {
    if (isComplete(gathered)) break;
    await gather(deps, lease, page, gathered);
  }
  return gathered;
}

interface Gathered extends LeaseMessages {
  readonly found: Map<number, LeaseMessage>;
  readonly unreadable: Set<number>;
  readonly wanted: ReadonlySet<number>;
}

const isComplete = ({ found, unreadable, wanted }: Gathered): boolean => found.size + unreadable.size >= wanted.size;

/** Some segments of the lease's stretch, from an offset on; none where there are no more. */
type Page = (from: Offset) => Promise<readonly Segment[]>;

/** Where to look, one after the other: first where most likely all of it is. */
function pagesOf(deps: Deps, key: ShardKey, { first, end }: Lease): readonly Page[] {
  const fromTable = (consistent: boolean): Page => (from) =>
    deps.log.listSegments({ ...key, from, before: end, limit: bounds.segmentsPerRead, consistent });
  const fromArchive: Page = (from) => archivedFrom(deps, key, from, end);
  const isCold = knownManifest(deps, key, first) !== undefined;
  return isCold ? [fromArchive, fromTable(true)] : [fromTable(false), fromTable(true), fromArchive];
}

async function gather(deps: Deps, lease: Lease, page: Page, gathered: Gathered): Promise<void> {
  let from = lease.segmentBase;
  while (from < lease.end && !isComplete(gathered)) {
    const segments = await page(from);
    for (const segment of segments) await addMessages(deps, lease, segment, gathered);
    const last = segments[segments.length - 1];
    if (!last) break;
    from = Math.max(endOf(last), last.base + 1);
  }
}

async function addMessages(deps: Deps, lease: Lease, segment: Segment, { found, unreadable, wanted }: Gathered): Promise<void> {
  const begin = Math.max(segment.base, lease.first);
  const positions = Array.from({ length: Math.max(0, Math.min(endOf(segment), lease.end) - begin) }, (_, at) => begin + at - lease.first)
    .filter((position) => wanted.has(position) && !found.has(position));
  if (positions.length === 0) return;
  const contents = await readableContents(deps, segment);
  for (const position of positions) {
    const content = contents?.[lease.first + position - segment.base];
    if (content) found.set(position, { segment, content });
    else if (!contents) unreadable.add(position);
  }
}
