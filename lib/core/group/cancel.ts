import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import { endOf, firstDue } from '../log/segment.ts';
import { type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { bounds } from '../timing.ts';
import { holdsPosition, without } from './holds.ts';
import { NOT_STORED, unreceivedLease } from './materialise.ts';
import { contentsOf } from './read-log.ts';
import { withFreshDue } from './take.ts';

export type CancelOutcome = 'cancelled' | 'notFound' | 'notDelayed';

/**
 * Cancelling delayed messages is settling them before anybody received them: those of one send by one
 * write. One outcome for each offset.
 * @throws StoreUnavailable
 */
export async function cancelDelayed(
  deps: Deps, view: QueueView, shard: string, offsets: readonly Offset[],
): Promise<ReadonlyMap<Offset, CancelOutcome>> {
  const outcomes = new Map<Offset, CancelOutcome>(offsets.map((offset) => [offset, 'notFound']));
  let left = [...outcomes.keys()].toSorted((a, b) => a - b);
  for (let [first] = left; first !== undefined; [first] = left) {
    const segment = await deps.log.segmentAt({ log: view.definition.incarnation, shard }, first);
    const end = segment ? endOf(segment) : first + 1;
    // Offsets are dense: behind the last segment there is nothing.
    if (first >= end) break;
    const here = left.filter((offset) => offset < end);
    left = left.slice(here.length);
    if (segment) for (const [offset, outcome] of await cancelIn(deps, view.group.chain.id, segment, here)) outcomes.set(offset, outcome);
  }
  return outcomes;
}

async function cancelIn(
  deps: Deps, chain: string, segment: Segment, offsets: readonly Offset[],
): Promise<readonly [Offset, CancelOutcome][]> {
  const contents = await contentsOf(deps, segment);
  const delayed = offsets.map((offset) => offset - segment.base).filter((position) => contents[position]?.dueAtMs !== undefined);
  const kept = await settleUnreceived(deps, chain, segment, delayed);
  return offsets.map((offset) => {
    const position = offset - segment.base;
    return [offset, delayed.includes(position) && !kept.has(position) ? 'cancelled' : 'notDelayed'];
  });
}

/** Answers the positions that it could not take: somebody holds them. */
async function settleUnreceived(
  deps: Deps, chain: string, segment: Segment, positions: readonly number[],
): Promise<ReadonlySet<number>> {
  const contents = await contentsOf(deps, segment);
  let lease: Lease | undefined = await deps.leases.readLease({ chain, shard: segment.shard, first: segment.base });
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    lease ??= await unreceivedLease(deps, chain, segment, undefined);
    const waiting = lease.holds.find(({ leaseId }) => leaseId === UNRECEIVED);
    const cancelled = new Set(positions.filter((position) => waiting && holdsPosition(waiting.held, position)));
    const next: Lease = {
      ...lease, writeId: deps.system.newId(),
      holds: withFreshDue(without(lease.holds, (hold) => hold === waiting, cancelled), (position) => contents[position]?.dueAtMs),
    };
    if (cancelled.size === 0) return heldIn(next, positions);
    const put = lease.writeId === NOT_STORED ? await deps.leases.putLease(next) : await deps.leases.replaceLease(next, lease.writeId);
    if (put.kind === 'landed') {
      await dropAlarm(deps, next, segment);
      return heldIn(next, positions);
    }
    lease = put.found;
  }
  throw new StoreUnavailable(`lease ${segment.shard}/${segment.base} kept changing under a cancellation`, { outcome: 'refused' });
}

const heldIn = ({ holds }: Lease, positions: readonly number[]): ReadonlySet<number> =>
  new Set(positions.filter((position) => holds.some(({ held }) => holdsPosition(held, position))));

/** Where nothing is left nobody has to look, and nothing is counted. */
async function dropAlarm(deps: Deps, lease: Lease, segment: Segment): Promise<void> {
  const dueAtMs = lease.alarmDueAtMs ?? firstDue(await contentsOf(deps, segment));
  if (lease.holds.length > 0 || dueAtMs === undefined) return;
  await deps.leases.deleteAlarm({ chain: lease.chain, shard: lease.shard, first: lease.first, dueAtMs });
}
