import type { Deps } from '../deps.ts';
import { lookAtMs } from '../group/due-alarms.ts';
import type { ShardReader } from '../group/reader-memory.ts';
import type { ChainWalk } from '../group/whole-chain.ts';
import { earliest, type EpochMs, epochMs, latest, msAfter } from '../time.ts';
import { timing } from '../timing.ts';

/**
 * When to look again, after a look. Nothing wakes it: sending costs what it costs without the policy. What is sent
 * later cannot be past its age before this look is; so a queue at rest is looked at once in an age. What nobody has
 * received yet says by its enqueue time when it will be; for what was received, and may come back, one look in a while
 * is enough.
 */
export async function nextLookAt(deps: Deps, walks: readonly ChainWalk[], ageMs: number): Promise<EpochMs> {
  const nowMs = deps.system.now();
  const pauseMs = Math.min(Math.max(ageMs / 10, timing.agePauseMinMs), timing.agePauseMaxMs);
  const inShards = walks.flatMap(({ memory }) => [...memory.shards.values()]).flatMap((reader) => lookAtShard(reader, ageMs));
  const alarms = await Promise.all(walks.map((walk) => firstAlarm(deps, walk)));
  const nextAtMs = earliest(msAfter(nowMs, Math.min(ageMs, timing.ageLookMaxMs)), ...inShards, ...alarms.flat());
  return latest(nextAtMs, msAfter(nowMs, pauseMs));
}

const lookAtShard = (reader: ShardReader, ageMs: number): readonly EpochMs[] => unreadAt(reader, ageMs).concat(unsweptAt(reader));

async function firstAlarm(deps: Deps, { served: { chain } }: ChainWalk): Promise<readonly EpochMs[]> {
  const alarms = await deps.leases.listAlarms({ chain: chain.id, limit: 1 });
  return alarms.map(lookAtMs);
}

/** The first that nobody has leased comes to its age. */
const unreadAt = ({ ahead: [first] }: ShardReader, ageMs: number): EpochMs[] => (first ? [msAfter(first.enqueuedAtMs, ageMs)] : []);

/** Leases that the cursor has not come to are in no alarm yet. */
const unsweptAt = ({ low = 0, next, sweepAtMs }: ShardReader): readonly EpochMs[] =>
  (next && low < next.offset ? [sweepAtMs ?? epochMs(0)] : []);
