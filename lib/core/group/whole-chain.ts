import type { Deps } from '../deps.ts';
import type { Alarm } from '../ports/lease-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { EpochMs } from '../time.ts';
import { claimFrom, lookInto } from './claim.ts';
import { lookAt } from './look.ts';
import type { Deliverable, Pull } from './pull.ts';
import { type ReaderMemory, shardReader, type ShardReader } from './reader-memory.ts';
import { type Served, shardsToRead } from './served-chains.ts';
import { sweep } from './sweep.ts';

/** A job's way through everything that a chain has for it. */
export interface ChainWalk {
  readonly deps: Deps;
  readonly view: QueueView;
  readonly served: Served;
  /** The job's own: what it passes over is not news to consumers of this process. */
  readonly memory: ReaderMemory;
  /** As of now. */
  readonly pull: () => Pull;
  /** Messages taken at once, and alarms read at a time. */
  readonly step: number;
  /** What was enqueued after that is left to others. */
  readonly enqueuedUntilMs: () => EpochMs;
  /** An alarm that is known to lead to nothing of this. Absent: none is. */
  readonly isInVain?: (alarm: Alarm) => Promise<boolean>;
}

/**
 * One pass over what the pull wants of a chain: what was never received, then what came back. What others hold at
 * the moment stays theirs. Each step is taken under the job's own ids before it is told of.
 */
export async function* takeThroughout(walk: ChainWalk): AsyncGenerator<readonly Deliverable[]> {
  for (const shard of await shardsToRead(walk.deps, walk.memory, walk.view, walk.served)) yield* neverReceived(walk, shard);
  await sweepAll(walk);
  yield* comeBack(walk);
}

async function* neverReceived({ deps, memory, pull, step, enqueuedUntilMs }: ChainWalk, shard: string): AsyncGenerator<readonly Deliverable[]> {
  const reader = shardReader(memory, shard);
  for (let before = -1; before !== reachOf(reader);) {
    const news = await lookInto(deps, pull(), reader, step);
    const [first] = news.segments;
    if (!first || first.enqueuedAtMs > enqueuedUntilMs()) return;
    // Where a claim comes to nothing, and no further, others are at work.
    before = reachOf(reader);
    const { deliverables } = await claimFrom(deps, pull(), reader, news, step);
    if (deliverables.length > 0) yield deliverables;
  }
}

/** Leased, or passed over. */
const reachOf = ({ next, passed }: ShardReader): number => Math.max(next?.offset ?? 0, passed?.offset ?? 0);

/** Every lease that is old enough gets its alarm, so that the next part finds it. */
async function sweepAll({ deps, memory, pull }: ChainWalk): Promise<void> {
  const lows = () => [...memory.shards.values()].reduce((sum, { low }) => sum + (low ?? 0), 0);
  for (let before = -1; before !== lows();) {
    before = lows();
    memory.sweptAtMs = undefined;
    await sweep(deps, pull(), memory);
  }
}

async function* comeBack(walk: ChainWalk): AsyncGenerator<readonly Deliverable[]> {
  const { deps } = walk;
  const { chain, nowMs } = walk.pull();
  let after: Alarm | undefined;
  for (;;) {
    const alarms: readonly Alarm[] = await deps.leases.listAlarms({ chain: chain.id, untilMs: nowMs, limit: walk.step, ...(after ? { after } : {}) });
    for (const alarm of alarms) {
      if (!await walk.isInVain?.(alarm)) yield* behindAlarm(walk, alarm);
    }
    after = alarms[alarms.length - 1];
    if (!after) return;
    // A long way without anything: whoever walks may have other things to see to.
    yield [];
  }
}

/** Everything due of one lease, a step at a time. */
async function* behindAlarm({ deps, memory, pull, step }: ChainWalk, alarm: Alarm): AsyncGenerator<readonly Deliverable[]> {
  for (;;) {
    const won = await lookAt(deps, pull(), memory, alarm, step);
    if (won.length === 0) return;
    yield won;
  }
}
