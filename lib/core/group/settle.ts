import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { Held, Hold, Lease, LeaseKey } from '../ports/lease-table.ts';
import { bounds } from '../timing.ts';
import { heldOf, holdsPosition, isHeldBy, positionsOf, without } from './holds.ts';
import type { ReceiptHandle } from './receipt-handle.ts';

/** Settled by this call or an earlier one, or held under another id: then the handle is stale. */
export type PositionOutcome = 'settled' | 'stale';

/** Positions of one lease that were received under one id. */
export interface SettleRequest {
  readonly key: LeaseKey;
  readonly leaseId: string;
  readonly positions: readonly number[];
  /** The whole hold as it was received, where that was a range. */
  readonly range?: ReceiptHandle['range'] | undefined;
  readonly asDeadLetters?: boolean;
}

/** One write: positions out of one hold; a part of a range, or of several holds, out of the lease as it was seen. */
interface Cut {
  readonly leaseId: string;
  readonly held: Held;
  readonly seen?: Lease;
}

/** The lease as far as the last write tells; undefined when there is none (any more). */
interface CutResult {
  readonly kind: 'landed' | 'refused';
  readonly lease: Lease | undefined;
}

/**
 * Settle positions of a lease: one blind write in the plain case, at any number. It lands only while
 * the hold is there; what it did is read off the item as it was before. Repeated after a lost reply
 * it gives the same answer: what is in no hold is settled.
 * @throws StoreUnavailable
 */
export async function settle(deps: Deps, request: SettleRequest): Promise<ReadonlyMap<number, PositionOutcome>> {
  const isPart = request.range !== undefined && request.positions.length < request.range.end - request.range.from;
  // A blind write in the wrong form would be refused, and paid: a part of a range is looked at first.
  let lease = isPart ? await deps.leases.readLease(request.key) : undefined;
  let cut: Cut | undefined = isPart ? cutOf(lease, request) : { leaseId: request.leaseId, held: blindHeld(request) };
  let isContended = false;
  for (let tries = 0; cut && tries < bounds.conditionalTries; tries += 1) {
    const result: CutResult = await write(deps, request, cut, isContended);
    isContended ||= cut.seen !== undefined && result.kind === 'refused';
    ({ lease } = result);
    cut = cutOf(lease, request);
  }
  if (cut) throw new StoreUnavailable(`lease ${request.key.shard}/${request.key.first} kept changing under a settle`, { outcome: 'refused' });
  await dropAlarm(deps, lease);
  return new Map(request.positions.map((position) => [position, outcomeOf(lease, position)]));
}

const blindHeld = ({ range, positions }: SettleRequest): Held => (range ? { kind: 'range', ...range } : { kind: 'set', positions });

const outcomeOf = (lease: Lease | undefined, position: number): PositionOutcome =>
  (lease?.holds.some(({ held }) => holdsPosition(held, position)) ? 'stale' : 'settled');

/** What is still to do: our positions in holds under our id. What lies in several of them goes by one replacement. */
function cutOf(lease: Lease | undefined, { leaseId, positions }: SettleRequest): Cut | undefined {
  const wanted = new Set(positions);
  const parts = (lease?.holds ?? []).flatMap((hold) => {
    const mine = isHeldBy(hold, leaseId) ? positionsOf(hold.held).filter((position) => wanted.has(position)) : [];
    return mine.length > 0 ? [{ hold, mine }] : [];
  });
  const [first, ...others] = parts;
  if (!lease || !first) return undefined;
  const { hold, mine } = first;
  if (others.length > 0) return { leaseId, held: { kind: 'set', positions: parts.flatMap((part) => part.mine) }, seen: lease };
  if (hold.held.kind === 'set') return { leaseId: hold.leaseId, held: { kind: 'set', positions: mine } };
  const isWhole = mine.length === hold.held.end - hold.held.from;
  return isWhole ? { leaseId: hold.leaseId, held: hold.held } : { leaseId: hold.leaseId, held: { kind: 'set', positions: mine }, seen: lease };
}

async function write(deps: Deps, { key, leaseId, asDeadLetters = false }: SettleRequest, cut: Cut, isContended: boolean): Promise<CutResult> {
  const writeId = deps.system.newId();
  if (cut.seen) {
    const rest = afterCut(cut.seen, cut, (hold) => isHeldBy(hold, leaseId), asDeadLetters);
    // Many cut at this range at the same time: a set is larger, but all of them can take from it at once.
    const next = { ...(isContended ? withSets(rest) : rest), writeId };
    const put = await deps.leases.replaceLease(next, cut.seen.writeId);
    return { kind: put.kind, lease: put.kind === 'landed' ? next : put.found };
  }
  const { kind, before } = await deps.leases.settleLease({ key, leaseId: cut.leaseId, held: cut.held, writeId, asDeadLetters });
  return { kind, lease: kind === 'landed' && before ? afterCut(before, cut, (hold) => hold.leaseId === cut.leaseId, asDeadLetters) : before };
}

function afterCut(lease: Lease, { held }: Cut, matches: (hold: Hold) => boolean, asDeadLetters: boolean): Lease {
  const positions = positionsOf(held);
  return {
    ...lease,
    holds: without(lease.holds, matches, new Set(positions)),
    deadLettered: asDeadLetters ? [...lease.deadLettered, ...positions] : lease.deadLettered,
  };
}

const withSets = (lease: Lease): Lease => ({
  ...lease, holds: lease.holds.map((hold) => ({ ...hold, held: { kind: 'set', positions: positionsOf(hold.held) } })),
});

/** A lease with nothing left stays so: nobody needs to look at it again. */
async function dropAlarm(deps: Deps, lease: Lease | undefined): Promise<void> {
  if (!lease || lease.alarmDueAtMs === undefined || lease.holds.length > 0) return;
  await deps.leases.deleteAlarm({ ...lease, dueAtMs: lease.alarmDueAtMs });
}

/** Settle all of a hold of our own that went to the dead-letter queue. */
export async function settleDeadLetters(deps: Deps, lease: Lease, hold: Hold): Promise<void> {
  const positions = positionsOf(hold.held);
  const held = heldOf(positions);
  const range = held.kind === 'range' ? { range: { from: held.from, end: held.end } } : {};
  await settle(deps, { key: lease, leaseId: hold.leaseId, positions, ...range, asDeadLetters: true });
}
