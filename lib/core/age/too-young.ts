import type { Deps } from '../deps.ts';
import { firstAtOrAfter } from '../log/search.ts';
import type { Alarm } from '../ports/lease-table.ts';
import type { Offset } from '../position.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, msAfter } from '../time.ts';

/** So many leases are read to see how old their messages are; for more it is cheaper to search. */
const READ_MAX = 16;

/**
 * Tells of alarms whose lease has nothing that is old enough, without reading it: what came back and waits for
 * consumers may be much, and is looked at in vain until it is old. Enqueue times never go back within a shard, so that
 * one search in each finds where the young ones begin.
 */
export function tooYoung(deps: Deps, incarnation: string, sinceMs: () => EpochMs): (alarm: Alarm) => Promise<boolean> {
  const firsts = new Map<string, Promise<Offset>>();
  let read = 0;
  return async ({ shard, first }) => {
    read += 1;
    if (read <= READ_MAX) return false;
    const known = firsts.get(shard) ?? firstAtOrAfter(deps, { log: logOf(incarnation), shard }, msAfter(sinceMs(), 1));
    firsts.set(shard, known);
    return first >= await known;
  };
}
