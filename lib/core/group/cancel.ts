import type { Deps } from '../deps.ts';
import { type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Position } from '../position.ts';
import { bounds } from '../timing.ts';
import { holdsPosition, without } from './holds.ts';
import { NOT_STORED, unreceivedLease } from './materialise.ts';
import { contentsOf } from './read-log.ts';

export type CancelOutcome = 'cancelled' | 'notFound' | 'notDelayed';

/** Cancelling a delayed message is settling it before anybody received it. */
export async function cancelDelayed(deps: Deps, view: QueueView, { shard, offset }: Position): Promise<CancelOutcome> {
  const segment = await deps.log.segmentAt({ log: view.definition.incarnation, shard }, offset);
  if (!segment || segment.count === 0 || offset >= segment.base + segment.count) return 'notFound';
  const contents = await contentsOf(deps, segment);
  const dueAtMs = contents[offset - segment.base]?.dueAtMs;
  if (dueAtMs === undefined) return 'notDelayed';

  const position = offset - segment.base;
  const chain = view.group.chain.id;
  let lease: Lease | undefined = await deps.leases.readLease({ chain, shard, first: segment.base });
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    lease ??= await unreceivedLease(deps, chain, segment, undefined);
    const hold = lease.holds.find(({ held }) => holdsPosition(held, position));
    if (!hold) return 'cancelled';
    if (hold.leaseId !== UNRECEIVED) return 'notDelayed';
    const next: Lease = {
      ...lease, writeId: deps.system.newId(),
      holds: without(lease.holds, (other) => other === hold, new Set([position])),
    };
    const put = lease.writeId === NOT_STORED ? await deps.leases.putLease(next) : await deps.leases.replaceLease(next, lease.writeId);
    if (put.kind === 'landed') return 'cancelled';
    lease = put.found;
  }
  throw new Error(`lease ${shard}/${segment.base} kept changing under a cancellation`);
}
