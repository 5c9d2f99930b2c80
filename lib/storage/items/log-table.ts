import type { LogTable } from '../../core/ports/log-table.ts';
import { ttlOf } from './attributes.ts';
import type { ItemTable } from './item-table.ts';
import { segmentKey, segmentRange } from './keys.ts';
import { putOutcome } from './outcomes.ts';
import { segmentFromItem, segmentToItem } from './segment-item.ts';

/** The log on one table. */
export function logTable(table: ItemTable): LogTable {
  return {
    async putSegment(segment) {
      const write = await table.put(segmentToItem(segment), { kind: 'itemAbsent' });
      return putOutcome(write, segmentFromItem, (found) => found.appendId === segment.appendId);
    },
    async extendSegment(segment, removableAtMs) {
      // TTL may take it meanwhile: then nothing is made anew.
      const condition = { kind: 'equals', attribute: 'a', value: segment.appendId } as const;
      return (await table.update(segmentKey(segment), { set: { ttl: ttlOf(removableAtMs) }, condition })).kind;
    },
    async lastSegment(shard) {
      const [last] = await table.query({ ...segmentRange(shard, {}), descending: true, limit: 1, consistent: true });
      return last && segmentFromItem(last);
    },
    async listSegments({ log, shard, from, before, limit, consistent }) {
      const bases = before === undefined ? { from } : { from, until: before - 1 };
      const items = await table.query({ ...segmentRange({ log, shard }, bases), limit, consistent });
      return items.map(segmentFromItem);
    },
    async segmentAt(shard, offset) {
      const [found] = await table.query({ ...segmentRange(shard, { until: offset }), descending: true, limit: 1, consistent: true });
      return found && segmentFromItem(found);
    },
  };
}
