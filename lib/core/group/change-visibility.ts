import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { Hold, Lease, LeaseKey } from '../ports/lease-table.ts';
import { inLine } from '../process-memory.ts';
import { type EpochMs, msAfter, secondsAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { putAlarm } from './alarm.ts';
import { earliestDue, heldOf, holdsPosition, isHeldBy, positionsOf, withHold, without, withOneRange } from './holds.ts';

/** Positions received together, each with its own new timeout. */
export interface VisibilityChange {
  readonly key: LeaseKey;
  readonly leaseId: string;
  readonly secondsByPosition: ReadonlyMap<number, number>;
}

export type VisibilityOutcome =
  | { readonly kind: 'changed'; readonly visibleAtMs: EpochMs }
  /** Deleted before. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'stale' };

/**
 * Move the due time of messages that are still held: the alarm for the new time first, then the
 * lease, on the condition that nobody wrote it in between. The receipt handles stay valid.
 */
export function changeLease(deps: Deps, change: VisibilityChange): Promise<ReadonlyMap<number, VisibilityOutcome>> {
  const { chain, shard, first } = change.key;
  // Consumers of one process that each extend a message of one receive would only refuse each other's writes.
  return inLine(deps.memory, `change ${chain} ${shard} ${first}`, () => replaceUntilLanded(deps, change));
}

/** @throws StoreUnavailable when others wrote the lease at every try */
async function replaceUntilLanded(deps: Deps, change: VisibilityChange): Promise<ReadonlyMap<number, VisibilityOutcome>> {
  let lease = await deps.leases.readLease(change.key);
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const nowMs = deps.system.now();
    const changed = lease && changedLease(deps, lease, change, nowMs);
    if (!lease || !changed || changed.moved.size === 0) return outcomesOf(lease, change, new Map());
    const dueAtMs = earliestDue(changed.lease);
    const alarm = dueAtMs === undefined ? undefined : await putAlarm(deps, changed.lease, dueAtMs);
    const put = await deps.leases.replaceLease({ ...changed.lease, ...(dueAtMs === undefined ? {} : { alarmDueAtMs: dueAtMs }) }, lease.writeId);
    if (put.kind === 'landed') {
      // Who looked at the alarm twice before the lease said so has put it off.
      const isLate = alarm && deps.system.now() - alarm.setAtMs >= timing.alarmQuietMs;
      if (isLate) await putAlarm(deps, changed.lease, alarm.dueAtMs);
      return outcomesOf(lease, change, changed.moved);
    }
    lease = put.found;
  }
  throw new StoreUnavailable(`lease ${change.key.shard}/${change.key.first} kept changing under a change of visibility`, { outcome: 'refused' });
}

interface Changed {
  readonly lease: Lease;
  /** When each changed position is visible again, as the caller is told. */
  readonly moved: ReadonlyMap<number, EpochMs>;
}

function changedLease(deps: Deps, lease: Lease, { leaseId, secondsByPosition }: VisibilityChange, nowMs: EpochMs): Changed {
  const moved = new Map<number, EpochMs>();
  let { holds } = lease;
  for (const hold of lease.holds.filter((other) => isHeldBy(other, leaseId))) {
    for (const [seconds, positions] of bySeconds(hold, secondsByPosition)) {
      const dueAtMs = dueAfter(nowMs, seconds);
      // Derived ids say the due time: parts with the same one are one hold, and never take another's time.
      const isReceive = hold.leaseId === leaseId && positions.length === positionsOf(hold.held).length;
      const next: Hold = isReceive
        ? { ...hold, dueAtMs }
        : { ...hold, dueAtMs, leaseId: `${leaseId}~${dueAtMs.toString(36)}`, held: heldOf(positions) };
      const rest = without(holds, ({ leaseId: id }) => id === hold.leaseId, new Set(positions));
      holds = withHold(rest, next);
      for (const position of positions) moved.set(position, secondsAfter(nowMs, seconds));
    }
  }
  return { lease: { ...lease, holds: withOneRange(holds), writeId: deps.system.newId() }, moved };
}

/** Given back: nobody will hold it from now on, so the margin for clocks that others keep has passed already. */
const dueAfter = (nowMs: EpochMs, seconds: number): EpochMs =>
  (seconds === 0 ? msAfter(nowMs, -timing.clockSkewMs) : secondsAfter(nowMs, seconds));

function bySeconds(hold: Hold, secondsByPosition: ReadonlyMap<number, number>): ReadonlyMap<number, readonly number[]> {
  const grouped = new Map<number, number[]>();
  for (const [position, seconds] of [...secondsByPosition].toSorted(([a], [b]) => a - b)) {
    if (!holdsPosition(hold.held, position)) continue;
    const positions = grouped.get(seconds) ?? [];
    grouped.set(seconds, positions);
    positions.push(position);
  }
  return grouped;
}

function outcomesOf(
  lease: Lease | undefined, { secondsByPosition }: VisibilityChange, moved: ReadonlyMap<number, EpochMs>,
): ReadonlyMap<number, VisibilityOutcome> {
  return new Map([...secondsByPosition.keys()].map((position): [number, VisibilityOutcome] => {
    const visibleAtMs = moved.get(position);
    if (visibleAtMs !== undefined) return [position, { kind: 'changed', visibleAtMs }];
    const isHeld = lease?.holds.some(({ held }) => holdsPosition(held, position)) ?? false;
    return [position, { kind: isHeld ? 'stale' : 'settled' }];
  }));
}
