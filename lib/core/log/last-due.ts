import type { Deps } from '../deps.ts';
import type { ShardKey } from '../ports/log-table.ts';
import { type EpochMs, latest } from '../time.ts';
import { bounds } from '../timing.ts';
import { endOf } from './segment.ts';

/**
 * When the last message of a shard that takes no more appends is due, or was: absent where nothing of it is left. What is due
 * in the future is in the table. undefined where there is more in the shard than is worth reading for this.
 */
export async function lastDueIn(deps: Deps, shard: ShardKey): Promise<{ readonly dueAtMs?: EpochMs } | undefined> {
  let dueAtMs: EpochMs | undefined;
  let from = 0;
  for (let page = 0; page < bounds.lastDuePages; page += 1) {
    const segments = await deps.log.listSegments({ log: shard.log, shard: shard.shard, from, limit: bounds.segmentsPerRead, consistent: true });
    const last = segments[segments.length - 1];
    if (!last) return dueAtMs === undefined ? {} : { dueAtMs };
    for (const { lastDueAtMs } of segments) if (lastDueAtMs !== undefined) dueAtMs = latest(dueAtMs ?? lastDueAtMs, lastDueAtMs);
    from = Math.max(endOf(last), last.base + 1);
  }
  return undefined;
}
