import type { Held, LeaseTable, Settlement } from '../../core/ports/lease-table.ts';
import { alarmFromItem, alarmToItem } from './alarm-item.ts';
import { number, ttlOf } from './attributes.ts';
import type { ItemChange, ItemTable } from './item-table.ts';
import { alarmKey, alarmRange, headKey, leaseKey, leaseRange } from './keys.ts';
import { leaseFromItem, leaseToItem, positionsAttribute, rangeAttributes } from './lease-item.ts';
import { putOutcome, replaceOutcome } from './outcomes.ts';

/** Leases, cursors and alarms on one table. */
export const leaseTable = (table: ItemTable): LeaseTable => ({ ...leases(table), ...lows(table), ...alarms(table) });

type Leases = Pick<LeaseTable, 'putLease' | 'replaceLease' | 'settleLease' | 'readLease' | 'listLeases' | 'lastLease'>;

function leases(table: ItemTable): Leases {
  return {
    async putLease(lease) {
      const write = await table.put(leaseToItem(lease), { kind: 'itemAbsent' });
      return putOutcome(write, leaseFromItem, (found) => found.writeId === lease.writeId);
    },
    async replaceLease(lease, seenWriteId) {
      const write = await table.put(leaseToItem(lease), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return replaceOutcome(write, leaseFromItem, (found) => found.writeId === lease.writeId);
    },
    async settleLease(settlement) {
      const { kind, before } = await table.update(leaseKey(settlement.key), settlementChange(settlement));
      return { kind, before: before && leaseFromItem(before) };
    },
    async readLease(key) {
      const item = await table.get(leaseKey(key), { consistent: true });
      return item && leaseFromItem(item);
    },
    async listLeases({ chain, shard, from, limit, consistent }) {
      const items = await table.query({ ...leaseRange({ chain, shard }, { from }), limit, consistent });
      return items.map(leaseFromItem);
    },
    async lastLease(chain, shard, atOrBelow = Number.MAX_SAFE_INTEGER) {
      const range = leaseRange({ chain, shard }, { until: atOrBelow });
      const [last] = await table.query({ ...range, descending: true, limit: 1, consistent: true });
      return last && leaseFromItem(last);
    },
  };
}

/**
 * Blind, so that it costs one write and no read. Repeated after a lost reply it either lands again
 * and changes nothing, or is refused by an item that shows the positions in no hold: settled.
 */
function settlementChange({ leaseId, held, writeId, asDeadLetters }: Settlement): ItemChange {
  const positions = new Set(positionsOf(held));
  const common = { set: { w: writeId }, ...(asDeadLetters && { addToSets: { z: positions } }) };
  if (held.kind === 'range') {
    return { ...common, remove: rangeAttributes, condition: { kind: 'equals', attribute: 'x', value: leaseId } };
  }
  const attribute = positionsAttribute(leaseId);
  return { ...common, deleteFromSets: { [attribute]: positions }, condition: { kind: 'setContains', attribute, value: positionsOf(held)[0] ?? 0 } };
}

const positionsOf = (held: Held): readonly number[] =>
  (held.kind === 'set' ? held.positions : Array.from({ length: held.end - held.from }, (_, index) => held.from + index));

/** The cursor of a chain in a shard: attribute `l`. */
function lows(table: ItemTable): Pick<LeaseTable, 'readLow' | 'raiseLow'> {
  return {
    async readLow(chain, shard) {
      const item = await table.get(headKey({ chain, shard }), { consistent: false });
      return item ? number(item, 'l') : 0;
    },
    async raiseLow(chain, shard, low, removableAtMs) {
      await table.update(headKey({ chain, shard }), {
        set: { l: low, ttl: ttlOf(removableAtMs) },
        condition: { kind: 'absentOrLower', attribute: 'l', value: low },
      });
    },
  };
}

function alarms(table: ItemTable): Pick<LeaseTable, 'putAlarm' | 'deleteAlarm' | 'listAlarms'> {
  return {
    async putAlarm(alarm) {
      await table.put(alarmToItem(alarm));
    },
    async deleteAlarm(alarm, seenWriteId) {
      await table.remove(alarmKey(alarm), seenWriteId === undefined ? undefined : { kind: 'equals', attribute: 'w', value: seenWriteId });
    },
    async listAlarms({ chain, from, untilMs, parked, limit, after, consistent = false }) {
      const range = { ...alarmRange(chain, { from, untilMs, parked }), limit, consistent };
      const items = await table.query(after ? { ...range, after: alarmKey(after).sk } : range);
      return items.map(alarmFromItem);
    },
  };
}
