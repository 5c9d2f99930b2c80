import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import { endOf, firstDue } from '../log/segment.ts';
import type { Put, Replacement } from '../ports/conditional.ts';
import { type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Offset, Position } from '../position.ts';
import { logOf } from '../subscription.ts';
import { bounds } from '../timing.ts';
import { holdsPosition, without } from './holds.ts';
import { NOT_STORED, unreceivedLease } from './materialise.ts';
import { contentsOf } from './read-log.ts';
import { listRetired, ownerOf, type Served } from './served-chains.ts';
import { withFreshDue } from './take.ts';

export type CancelOutcome =
  | 'cancelled' | 'notFound' | 'notDelayed'
  /** After a rewind consumers come to it in a while: until then there is nothing to take it from. */
  | 'notYet';

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
    const segment = await deps.log.segmentAt({ log: logOf(view.definition.incarnation), shard }, first);
    const end = segment ? endOf(segment) : first + 1;
    // Offsets are dense: behind the last segment there is nothing.
    if (first >= end) break;
    const here = left.filter((offset) => offset < end);
    left = left.slice(here.length);
    if (segment) for (const [offset, outcome] of await cancelIn(deps, view, segment, here)) outcomes.set(offset, outcome);
  }
  return outcomes;
}

async function cancelIn(
  deps: Deps, view: QueueView, segment: Segment, offsets: readonly Offset[],
): Promise<readonly [Offset, CancelOutcome][]> {
  const contents = await contentsOf(deps, segment);
  const isDelayed = (offset: Offset): boolean => contents[offset - segment.base]?.dueAtMs !== undefined;
  const outcomes = new Map<Offset, CancelOutcome>(offsets.map((offset) => [offset, 'notDelayed']));
  let left = offsets.filter(isDelayed);
  for (let [first] = left; first !== undefined; [first] = left) {
    const place = await placeOf(deps, view, segment, first);
    const here: Offset[] = [];
    // A rewind that starts in the middle of a segment gives its messages to two chains.
    for (const offset of left) {
      if (offset >= place.end || !await isOwnedBy(deps, view, place.owner, { shard: segment.shard, offset })) break;
      here.push(offset);
    }
    left = left.slice(here.length);
    const kept = place.lease && await settleUnreceived(deps, place.lease, segment, here);
    for (const offset of here) outcomes.set(offset, outcomeOf(kept, offset));
  }
  return [...outcomes];
}

function outcomeOf(kept: ReadonlySet<Offset> | undefined, offset: Offset): CancelOutcome {
  if (!kept) return 'notYet';
  return kept.has(offset) ? 'notDelayed' : 'cancelled';
}

/** The lease that has a message, stored or not, and up to where; none while the chain has not come to it. */
async function placeOf(
  deps: Deps, view: QueueView, segment: Segment, offset: Offset,
): Promise<{ readonly owner: Served; readonly lease: Lease | undefined; readonly end: Offset }> {
  const { shard } = segment;
  // By the chains to come: what is taken from one that is about to be left would come again.
  const owner = await ownerOf(deps, view, view.group, { shard, offset });
  const lease = await deps.leases.lastLease(owner.chain.id, shard, offset);
  if (lease && offset < lease.end) return { owner, lease, end: lease.end };
  // Shards of delayed messages have no chain of leases in the chain that owns them, and one in any other.
  const isForeign = owner.chain.starts[shard] !== undefined || !await isOwn(deps, view, owner, shard);
  return { owner, lease: isForeign ? undefined : await unreceivedLease(deps, owner.chain.id, segment, undefined), end: endOf(segment) };
}

const isOwnedBy = async (deps: Deps, view: QueueView, { chain }: Served, position: Position): Promise<boolean> =>
  (await ownerOf(deps, view, view.group, position)).chain.id === chain.id;

async function isOwn(deps: Deps, view: QueueView, { chain }: Served, shard: string): Promise<boolean> {
  if (view.group.delayShards.some(({ id }) => id === shard)) return true;
  return (await listRetired(deps, logOf(view.definition.incarnation), 0)).some(({ id, owner }) => id === shard && owner === chain.id);
}

/** Answers those that it could not take: somebody holds them. */
async function settleUnreceived(deps: Deps, seen: Lease, segment: Segment, offsets: readonly Offset[]): Promise<ReadonlySet<Offset>> {
  const contents = await contentsOf(deps, segment);
  const dueOf = (position: number) => contents[seen.first + position - segment.base]?.dueAtMs;
  const positions = offsets.map((offset) => offset - seen.first);
  let lease: Lease | undefined = seen;
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    lease ??= await unreceivedLease(deps, seen.chain, segment, undefined);
    const waiting = lease.holds.find(({ leaseId }) => leaseId === UNRECEIVED);
    const cancelled = new Set(positions.filter((position) => waiting && holdsPosition(waiting.held, position)));
    const next: Lease = {
      ...lease, writeId: deps.system.newId(),
      holds: withFreshDue(without(lease.holds, (hold) => hold === waiting, cancelled), dueOf),
    };
    if (cancelled.size === 0) return heldIn(next, positions);
    const put: Put<Lease> | Replacement<Lease> = lease.writeId === NOT_STORED ? await deps.leases.putLease(next) : await deps.leases.replaceLease(next, lease.writeId);
    if (put.kind === 'landed') {
      await dropAlarm(deps, next, segment);
      return heldIn(next, positions);
    }
    lease = put.found;
  }
  throw new StoreUnavailable(`lease ${segment.shard}/${segment.base} kept changing under a cancellation`, { outcome: 'refused' });
}

const heldIn = ({ holds, first }: Lease, positions: readonly number[]): ReadonlySet<Offset> =>
  new Set(positions.filter((position) => holds.some(({ held }) => holdsPosition(held, position))).map((position) => first + position));

/** Where nothing is left nobody has to look, and nothing is counted. */
async function dropAlarm(deps: Deps, lease: Lease, segment: Segment): Promise<void> {
  const dueAtMs = lease.alarmDueAtMs ?? firstDue(await contentsOf(deps, segment));
  if (lease.holds.length > 0 || dueAtMs === undefined) return;
  await deps.leases.deleteAlarm({ chain: lease.chain, shard: lease.shard, first: lease.first, dueAtMs });
}
