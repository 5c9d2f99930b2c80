import assert from 'node:assert/strict';
import type { Hold, Lease } from '../../core/ports/lease-table.ts';
import { epochMs } from '../../core/time.ts';
import { ifThere, instant, list, number, numbers, optional, removableAt, setOf, text, ttlOf } from './attributes.ts';
import type { Attributes, Item } from './item-table.ts';
import { leaseKey, parseLeaseKey } from './keys.ts';

/**
 * A lease as an item.
 *
 *   e   end                              x   \
 *   b   segment base                     f    | the hold that is a range: lease id,
 *   c   end base (absent: the end)       u    | from, end, due time, receive count,
 *   t   born at, ms                      d    | first received at
 *   g   age of its oldest message, ms    n    |
 *   w   write id                         r   /
 *   z   dead-lettered positions          k_<lease id>  positions of a hold that is a set
 *   a   due time of its alarm, ms        m_<lease id>  [due time, receive count, first received at]
 *   ttl removable at, s
 *
 * A settlement takes positions out of `k_…` blindly, and the table drops the attribute with the
 * last of them; `m_…` then says nothing any more, and goes with the next replacement of the lease.
 */
export function leaseToItem(lease: Lease): Item {
  const holds = lease.holds.filter(isHeld);
  assert(new Set(holds.map((hold) => hold.leaseId)).size === holds.length, 'a lease id has one hold');
  assert(holds.filter((hold) => hold.held.kind === 'range').length <= 1, 'a lease has one hold that is a range');
  return {
    ...leaseKey(lease),
    e: lease.end,
    b: lease.segmentBase,
    c: lease.endBase === lease.end ? undefined : lease.endBase,
    t: lease.bornAtMs,
    g: lease.ageMs,
    w: lease.writeId,
    z: setOf(lease.deadLettered),
    a: lease.alarmDueAtMs,
    ttl: ttlOf(lease.removableAtMs),
    ...Object.assign({}, ...holds.map(holdToAttributes)),
  };
}

export function leaseFromItem(item: Item): Lease {
  return {
    ...parseLeaseKey(item),
    end: number(item, 'e'),
    segmentBase: number(item, 'b'),
    endBase: optional(item, 'c', number) ?? number(item, 'e'),
    bornAtMs: instant(item, 't'),
    ageMs: number(item, 'g'),
    writeId: text(item, 'w'),
    deadLettered: numbers(item, 'z'),
    ...ifThere('alarmDueAtMs', optional(item, 'a', instant)),
    removableAtMs: removableAt(item),
    holds: [...rangeHolds(item), ...setHolds(item)],
  };
}

/** What goes when the hold that is a range is settled. */
export const rangeAttributes = ['x', 'f', 'u', 'd', 'n', 'r'] as const;

export const positionsAttribute = (leaseId: string): string => `${POSITIONS}${leaseId}`;

const POSITIONS = 'k_';
const metadataAttribute = (leaseId: string): string => `m_${leaseId}`;

const isHeld = ({ held }: Hold): boolean => (held.kind === 'range' ? held.from < held.end : held.positions.length > 0);

function holdToAttributes({ leaseId, held, dueAtMs, receiveCount, firstReceivedAtMs }: Hold): Attributes {
  if (held.kind === 'range') {
    return { x: leaseId, f: held.from, u: held.end, d: dueAtMs, n: receiveCount, r: firstReceivedAtMs };
  }
  return {
    [positionsAttribute(leaseId)]: new Set(held.positions),
    [metadataAttribute(leaseId)]: [dueAtMs, receiveCount, firstReceivedAtMs],
  };
}

function rangeHolds(item: Item): readonly Hold[] {
  if (item['x'] === undefined) return [];
  return [{
    leaseId: text(item, 'x'),
    held: { kind: 'range', from: number(item, 'f'), end: number(item, 'u') },
    dueAtMs: instant(item, 'd'),
    receiveCount: number(item, 'n'),
    firstReceivedAtMs: instant(item, 'r'),
  }];
}

/** By lease id, so that the same lease always reads the same. */
function setHolds(item: Item): readonly Hold[] {
  const names = Object.keys(item).filter((name) => name.startsWith(POSITIONS) && item[name] !== undefined).toSorted();
  return names.map((name) => setHold(item, name.slice(POSITIONS.length)));
}

function setHold(item: Item, leaseId: string): Hold {
  const [dueAtMs, receiveCount, firstReceivedAtMs] = list(item, metadataAttribute(leaseId)).map(Number);
  return {
    leaseId,
    held: { kind: 'set', positions: numbers(item, positionsAttribute(leaseId)) },
    dueAtMs: epochMs(dueAtMs!),
    receiveCount: receiveCount!,
    firstReceivedAtMs: epochMs(firstReceivedAtMs!),
  };
}
