import type { Deps } from '../deps.ts';
import { endOf } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import { bounds } from '../timing.ts';
import { positionsOf } from './holds.ts';
import { contentsOf } from './read-log.ts';

export interface LeaseMessage {
  readonly segment: Segment;
  readonly content: MessageContent;
}

/** By position; what is missing is no longer in the log. */
export type LeaseMessages = ReadonlyMap<number, LeaseMessage>;

/**
 * The unsettled messages of a lease, by one query of its stretch of the log. An eventual read may miss
 * one; only of a strong read is what is missing taken for expired.
 */
export async function messagesOf(deps: Deps, log: string, lease: Lease): Promise<LeaseMessages> {
  const wanted = new Set(lease.holds.flatMap(({ held }) => positionsOf(held)));
  const found = await readMessages(deps, log, lease, wanted, false);
  return found.size === wanted.size ? found : readMessages(deps, log, lease, wanted, true);
}

async function readMessages(
  deps: Deps, log: string, lease: Lease, wanted: ReadonlySet<number>, consistent: boolean,
): Promise<LeaseMessages> {
  const found = new Map<number, LeaseMessage>();
  let from = lease.segmentBase;
  while (from < lease.end && found.size < wanted.size) {
    const segments = await deps.log.listSegments({
      log, shard: lease.shard, from, before: lease.end, limit: bounds.segmentsPerRead, consistent,
    });
    for (const segment of segments) await addMessages(deps, lease, segment, wanted, found);
    const last = segments[segments.length - 1];
    if (!last) break;
    from = Math.max(endOf(last), last.base + 1);
  }
  return found;
}

async function addMessages(
  deps: Deps, lease: Lease, segment: Segment, wanted: ReadonlySet<number>, found: Map<number, LeaseMessage>,
): Promise<void> {
  const begin = Math.max(segment.base, lease.first);
  const offsets = Array.from({ length: Math.max(0, Math.min(endOf(segment), lease.end) - begin) }, (_, at) => begin + at)
    .filter((offset) => wanted.has(offset - lease.first));
  if (offsets.length === 0) return;
  const contents = await contentsOf(deps, segment);
  for (const offset of offsets) {
    const content = contents[offset - segment.base];
    if (content) found.set(offset - lease.first, { segment, content });
  }
}
