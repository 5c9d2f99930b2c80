import type { ArchiveTable } from '../../core/ports/archive-table.ts';
import type { ItemTable } from './item-table.ts';
import { archiveRange, isLeftOutKey, leftOutKey, leftOutRange, manifestRange } from './keys.ts';
import { leftOutFromItem, leftOutToItem, manifestFromItem, manifestToItem } from './manifest-item.ts';
import { putOutcome } from './outcomes.ts';

/** Manifests on one table, and what was left out, in the partitions of the segments that they are about. */
export function archiveTable(table: ItemTable): ArchiveTable {
  return {
    async putManifest(manifest) {
      const write = await table.put(manifestToItem(manifest), { kind: 'itemAbsent' });
      return putOutcome(write, manifestFromItem, ({ objectKey }) => objectKey === manifest.objectKey);
    },
    async lastManifest(shard, atOrBelow) {
      const range = manifestRange(shard, atOrBelow === undefined ? {} : { until: atOrBelow });
      const [last] = await table.query({ ...range, descending: true, limit: 1, consistent: true });
      return last && manifestFromItem(last);
    },
    async listManifests({ log, shard, from, limit }) {
      const items = await table.query({ ...manifestRange({ log, shard }, { from }), limit, consistent: true });
      return items.map(manifestFromItem);
    },
    async lastEntry(shard) {
      const [last] = await table.query({ ...archiveRange(shard), descending: true, limit: 1, consistent: true });
      if (!last) return undefined;
      return isLeftOutKey(last) ? { kind: 'leftOut' } : { kind: 'manifest', manifest: manifestFromItem(last) };
    },
    async putLeftOut(leftOut) {
      await table.put(leftOutToItem(leftOut));
    },
    async removeLeftOut(leftOut) {
      await table.remove(leftOutKey(leftOut));
    },
    async listLeftOut(shard, limit) {
      const items = await table.query({ ...leftOutRange(shard), limit, consistent: true });
      return items.map(leftOutFromItem);
    },
  };
}
