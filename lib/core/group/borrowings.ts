import type { Deps } from '../deps.ts';
import type { Message } from '../message.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { QueueView, SideChain } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { type EpochMs, epochMs } from '../time.ts';
import { holdsPosition, takeableAt } from './holds.ts';
import { leasesOver, type OffsetRange, type Settled } from './outcomes.ts';
import { readerMemory } from './reader-memory.ts';
import { boundsOf } from './served-chains.ts';
import { isAbout, isAfter, ruleOf, type SelectionRule } from './selection-rule.ts';

/** How a settled message stands with selections. */
export type Borrowing =
  /** Handed out, and to be deleted or to come again. */
  | { readonly kind: 'held'; readonly lease: Lease }
  /** One of them has not come to it yet. */
  | { readonly kind: 'ahead' }
  /** Handed out last at `atMs`, and settled again. */
  | { readonly kind: 'returned'; readonly atMs: EpochMs };

/** undefined: they have nothing to do with the message. */
export type BorrowingAt = (message: Message, settled: Settled, offset: Offset) => Borrowing | undefined;

interface Borrower {
  readonly side: SideChain;
  readonly start: Offset;
  readonly bound: Offset;
  readonly rule: SelectionRule;
}

/**
 * Side chains, in the order in which they were made, as far as they are selections and a range of offsets
 * is theirs: the leases of each over it are read once. `askedAtMs`: a selection made then asks.
 */
export async function borrowingsOver(
  deps: Deps, view: QueueView, sides: readonly SideChain[], range: OffsetRange, askedAtMs: EpochMs = epochMs(Number.MAX_SAFE_INTEGER),
): Promise<BorrowingAt> {
  const selections = sides.filter(({ kind }) => kind === 'selection');
  const found = await Promise.all(selections.map((side) => borrowerOf(deps, view, side, range)));
  const borrowers = found.filter((one) => one !== undefined);
  const needed = borrowers.filter((one, at) => isOpen(one.side) || isInTheWayOf(one, borrowers.slice(at + 1), askedAtMs));
  const leases = await Promise.all(needed.map(({ side }) => leasesOver(deps, side.chain.id, range)));
  return (message, settled, offset) => {
    let last: Borrowing | undefined;
    for (const [at, borrower] of needed.entries()) {
      // An older one had it since this one was made, which passes over it.
      if (last?.kind === 'returned' && isAfter(last.atMs, borrower.rule.madeAtMs)) continue;
      const borrowing = borrowingAt(deps, borrower, leases[at] ?? [], offset);
      if (borrowing?.kind === 'held') return borrowing;
      if (borrowing && isAbout(borrower.rule, message, settled)) last = later(last, borrowing);
    }
    return last;
  };
}

const later = (last: Borrowing | undefined, next: Borrowing): Borrowing => {
  if (last?.kind === 'returned' && next.kind === 'returned') return last.atMs > next.atMs ? last : next;
  return last?.kind === 'ahead' ? last : next;
};

const isOpen = ({ finishedAtMs, isUndone = false }: SideChain): boolean => isUndone || finishedAtMs === undefined;

/** One that was finished before any younger one was made has handed out nothing that would be theirs. */
const isInTheWayOf = ({ side: { finishedAtMs } }: Borrower, younger: readonly Borrower[], askedAtMs: EpochMs): boolean =>
  [askedAtMs, ...younger.filter(({ side }) => isOpen(side)).map(({ rule }) => rule.madeAtMs)].some((madeAtMs) => !isAfter(madeAtMs, finishedAtMs ?? madeAtMs));

async function borrowerOf(deps: Deps, view: QueueView, side: SideChain, { shard, base, count }: OffsetRange): Promise<Borrower | undefined> {
  const memory = deps.memory.readers.getOrPut(side.chain.id, readerMemory);
  const [start, bound] = [side.chain.starts[shard] ?? 0, (await boundsOf(deps, memory, view, side))(shard)];
  if (base + count <= start || bound <= base) return undefined;
  const rule = await ruleOf(deps, view, side, memory);
  return rule && { side, start, bound, rule };
}

function borrowingAt(deps: Deps, { side: { finishedAtMs, isUndone = false }, start, bound }: Borrower, leases: readonly Lease[], offset: Offset): Borrowing | undefined {
  if (offset < start || bound <= offset) return undefined;
  const lease = leases.find(({ first, end }) => first <= offset && offset < end);
  if (!lease) return finishedAtMs === undefined ? { kind: 'ahead' } : undefined;
  const hold = lease.holds.find(({ held }) => holdsPosition(held, offset - lease.first));
  if (!hold) return { kind: 'returned', atMs: lease.bornAtMs };
  // After an undo its holder may finish it, until then: nobody gets it again.
  const isOver = isUndone && takeableAt(hold) <= deps.system.now();
  return isOver ? undefined : { kind: 'held', lease };
}
