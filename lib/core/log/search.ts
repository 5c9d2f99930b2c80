import type { Deps } from '../deps.ts';
import type { ShardKey } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import { endOf } from './segment.ts';

/**
 * The first offset of a shard whose message was enqueued at or after an instant; the shard's end when
 * there is none. Enqueue times never go back within a shard, so this is a binary search of strong
 * reads, about as many as the offsets have binary digits.
 */
export async function firstAtOrAfter(deps: Deps, shard: ShardKey, atMs: EpochMs): Promise<Offset> {
  const last = await deps.log.lastSegment(shard);
  if (!last) return 0;
  if (last.enqueuedAtMs < atMs) return endOf(last);
  let low: Offset = 0;
  let high: Offset = last.base;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const segment = await deps.log.segmentAt(shard, middle);
    // Nothing at or below it any more: what was there has expired.
    if (!segment || endOf(segment) <= middle) low = middle + 1;
    else if (segment.enqueuedAtMs < atMs) low = endOf(segment);
    else high = segment.base;
  }
  return high;
}
