import type { ArchiveTable } from '../../core/ports/archive-table.ts';
import type { ItemTable } from './item-table.ts';
import { manifestRange } from './keys.ts';
import { manifestFromItem, manifestToItem } from './manifest-item.ts';
import { putOutcome } from './outcomes.ts';

/** Manifests on one table, in the partitions of the segments that they stand for. */
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
  };
}
