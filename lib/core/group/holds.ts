import { type Held, type Hold, type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { Offset } from '../position.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';

/**
 * What a lease says, as pure functions.
 *
 * A lease covers offsets [first, end) of a shard; positions in it are relative to `first`. Each
 * unsettled position is in exactly one hold. Settled means: in no hold.
 *
 *   claim            one hold of everything, a range while it is whole and large
 *   take, change     positions move from one hold to another
 *   settle           positions leave their hold; a hold without positions is gone
 *
 * Part of a hold whose visibility was changed gets a hold of its own under a derived id, `x~…`: the
 * receipt handles, which name `x`, stay valid for it.
 */
export const positionsOf = (held: Held): readonly number[] =>
  held.kind === 'set' ? held.positions : Array.from({ length: held.end - held.from }, (_, at) => held.from + at);

export const countOf = (held: Held): number => (held.kind === 'set' ? held.positions.length : Math.max(0, held.end - held.from));

export const holdsPosition = (held: Held, position: number): boolean =>
  held.kind === 'set' ? held.positions.includes(position) : position >= held.from && position < held.end;

/** Contiguous and large stays a range; everything else, and what is small, is a set: many can settle a set at once. */
export function heldOf(positions: readonly number[]): Held {
  const from = positions[0] ?? 0;
  const last = positions[positions.length - 1] ?? 0;
  const isWhole = last - from + 1 === positions.length;
  return isWhole && positions.length > bounds.setPositions ? { kind: 'range', from, end: last + 1 } : { kind: 'set', positions };
}

/** The id in receipt handles: that of the receive, whatever was changed since. */
export const originalId = (leaseId: string): string => leaseId.split('~', 1)[0] ?? leaseId;

export const isHeldBy = (hold: Hold, leaseId: string): boolean => originalId(hold.leaseId) === leaseId;

/** From when on others may take what is held: a margin for clocks, unless nobody ever received it. */
export const takeableAt = (hold: Hold): EpochMs =>
  (hold.leaseId === UNRECEIVED ? hold.dueAtMs : msAfter(hold.dueAtMs, timing.clockSkewMs));

/** The earliest due time, undefined when everything is settled. */
export const earliestDue = ({ holds }: Lease): EpochMs | undefined =>
  holds.reduce<EpochMs | undefined>((first, { dueAtMs }) => (first === undefined || dueAtMs < first ? dueAtMs : first), undefined);

/** The lease as far as it lies below an offset: what is above belongs to another chain. */
export const below = (lease: Lease, bound: Offset): Lease => (lease.end <= bound ? lease : between(lease, lease.first, bound));

/** The lease as far as it lies at or above one offset and below another. */
export function between(lease: Lease, first: Offset, bound: Offset): Lease {
  if (first <= lease.first && lease.end <= bound) return lease;
  const [from, end] = [first - lease.first, bound - lease.first];
  const holds = lease.holds.flatMap((hold): Hold[] => {
    const rest = clipped(hold.held, from, end);
    return countOf(rest) > 0 ? [{ ...hold, held: rest }] : [];
  });
  return { ...lease, holds };
}

const clipped = (held: Held, from: number, end: number): Held => (held.kind === 'range'
  ? { ...held, from: Math.max(held.from, from), end: Math.min(held.end, end) }
  : { kind: 'set', positions: held.positions.filter((position) => from <= position && position < end) });

/** The holds with some positions removed from those that match; empty holds are gone. */
export function without(holds: readonly Hold[], matches: (hold: Hold) => boolean, positions: ReadonlySet<number>): readonly Hold[] {
  return holds.flatMap((hold) => {
    if (!matches(hold)) return [hold];
    const rest = positionsOf(hold.held).filter((position) => !positions.has(position));
    if (rest.length === 0) return [];
    if (rest.length === countOf(hold.held)) return [hold];
    // A set stays one, however contiguous its rest: the lease may have a range already.
    return [{ ...hold, held: hold.held.kind === 'set' ? { kind: 'set', positions: rest } : heldOf(rest) }];
  });
}

/** One more hold; positions under the same id and terms are joined. */
export function withHold(holds: readonly Hold[], added: Hold): readonly Hold[] {
  const same = holds.find(({ leaseId }) => leaseId === added.leaseId);
  if (!same) return [...holds, added];
  const positions = [...positionsOf(same.held), ...positionsOf(added.held)].toSorted((a, b) => a - b);
  return holds.map((hold) => (hold === same ? { ...added, held: heldOf(positions) } : hold));
}

/** A lease keeps at most one hold as a range, the one that has been there longest; others become sets. */
export function withOneRange(holds: readonly Hold[]): readonly Hold[] {
  const kept = holds.find(({ held }) => held.kind === 'range');
  return holds.map((hold) => (hold === kept || hold.held.kind === 'set'
    ? hold : { ...hold, held: { kind: 'set', positions: positionsOf(hold.held) } }));
}
