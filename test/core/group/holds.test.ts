import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  countOf, earliestDue, heldOf, holdsPosition, isHeldBy, originalId, positionsOf, takeableAt, withHold, without, withOneRange,
} from '../../../lib/core/group/holds.ts';
import { type Hold, UNRECEIVED } from '../../../lib/core/ports/lease-table.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { bounds } from '../../../lib/core/timing.ts';
import { holdOf, leaseOf, START_MS } from './pieces.ts';

const SIZE = 200;

const anyPositions = fc.uniqueArray(fc.nat(SIZE - 1), { minLength: 1, maxLength: SIZE }).map((some) => some.toSorted((a, b) => a - b));

/** A lease's holds as they may come to be: every position in at most one of them. */
const anyHolds: fc.Arbitrary<readonly Hold[]> = fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd'), { minLength: SIZE, maxLength: SIZE })
  .map((owners) => ['a', 'b', 'c', 'd'].flatMap((leaseId) => {
    const positions = owners.flatMap((owner, at) => (owner === leaseId ? [at] : []));
    return positions.length > 0 ? [holdOf({ leaseId, held: heldOf(positions) })] : [];
  }));

const ownersOf = (holds: readonly Hold[]): ReadonlyMap<number, string> => {
  const owners = holds.flatMap(({ leaseId, held }) => positionsOf(held).map((position): [number, string] => [position, leaseId]));
  expect(new Set(owners.map(([position]) => position)).size).toBe(owners.length);
  return new Map(owners);
};

it('holds the same positions whether as a range or as a set', () => {
  fc.assert(fc.property(anyPositions, (positions) => {
    const held = heldOf(positions);
    expect(positionsOf(held)).toEqual(positions);
    expect(countOf(held)).toBe(positions.length);
    for (let position = -1; position <= SIZE; position += 1) {
      expect(holdsPosition(held, position)).toBe(positions.includes(position));
    }
  }));
});

it('makes a range of what is contiguous and large, a set of everything else', () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 3);
  expect(heldOf(upTo(bounds.setPositions)).kind).toBe('set');
  expect(heldOf(upTo(bounds.setPositions + 1))).toEqual({ kind: 'range', from: 3, end: bounds.setPositions + 4 });
  expect(heldOf([...upTo(bounds.setPositions + 1), 500]).kind).toBe('set');
});

it('takes positions from the holds meant, and leaves every other position with its holder', () => {
  fc.assert(fc.property(anyHolds, anyPositions, (holds, leaving) => {
    const before = ownersOf(holds);
    const after = ownersOf(without(holds, ({ leaseId }) => leaseId === 'a', new Set(leaving)));
    for (let position = 0; position < SIZE; position += 1) {
      const isGone = before.get(position) === 'a' && leaving.includes(position);
      expect(after.get(position)).toBe(isGone ? undefined : before.get(position));
    }
  }));
});

it('has no hold without positions', () => {
  fc.assert(fc.property(anyHolds, anyPositions, (holds, leaving) => {
    expect(without(holds, () => true, new Set(leaving)).every(({ held }) => countOf(held) > 0)).toBe(true);
  }));
});

it('moves positions to another holder without touching the rest', () => {
  fc.assert(fc.property(anyHolds, anyPositions, fc.constantFrom('b', 'new'), (holds, moving, to) => {
    const before = ownersOf(holds);
    const moved = moving.filter((position) => before.get(position) === 'a');
    fc.pre(moved.length > 0);
    const rest = without(holds, ({ leaseId }) => leaseId === 'a', new Set(moved));
    const after = ownersOf(withHold(rest, holdOf({ leaseId: to, held: heldOf(moved) })));
    for (let position = 0; position < SIZE; position += 1) {
      expect(after.get(position)).toBe(moved.includes(position) ? to : before.get(position));
    }
  }));
});

it('keeps one range at most, and every position with its holder', () => {
  fc.assert(fc.property(fc.integer({ min: 66, max: 100 }), fc.integer({ min: 66, max: 100 }), (first, second) => {
    const holds = [
      holdOf({ leaseId: 'a', held: { kind: 'range', from: 0, end: first } }),
      holdOf({ leaseId: 'b', held: { kind: 'range', from: first, end: first + second } }),
    ];
    const stored = withOneRange(holds);
    expect(stored.map(({ held }) => held.kind)).toEqual(['range', 'set']);
    expect(ownersOf(stored)).toEqual(ownersOf(holds));
  }));
});

it("knows a receive's holds by their first id, whatever was changed since", () => {
  expect(originalId('x')).toBe('x');
  expect(originalId('x~abc')).toBe('x');
  expect(isHeldBy(holdOf({ leaseId: 'x~abc' }), 'x')).toBe(true);
  expect(isHeldBy(holdOf({ leaseId: 'xy' }), 'x')).toBe(false);
});

it('leaves others a margin for clocks, unless nobody ever received it', () => {
  expect(takeableAt(holdOf())).toBe(START_MS + 200);
  expect(takeableAt(holdOf({ leaseId: UNRECEIVED }))).toBe(START_MS);
});

it('is due when its first hold is, and never when everything is settled', () => {
  const holds = [30, 10, 20].map((ms) => holdOf({ leaseId: `x${ms}`, dueAtMs: epochMs(START_MS + ms) }));
  expect(earliestDue(leaseOf({ holds }))).toBe(START_MS + 10);
  expect(earliestDue(leaseOf({ holds: [] }))).toBeUndefined();
});

it('leaves a set a set, however contiguous its rest: a lease may have a range already', () => {
  const every = Array.from({ length: SIZE }, (_, at) => at);
  const set = holdOf({ leaseId: 'a', held: { kind: 'set', positions: every } });
  const [rest] = without([set], () => true, new Set([0]));
  expect(rest?.held).toEqual({ kind: 'set', positions: every.slice(1) });
});
