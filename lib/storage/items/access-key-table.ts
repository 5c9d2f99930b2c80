import type { AccessKeyTable } from '../../core/ports/access-key-table.ts';
import { accessKeyFromItem, accessKeyToItem } from './access-key-item.ts';
import type { ItemTable } from './item-table.ts';
import { accessKeyKey, accessKeyRange } from './keys.ts';
import { putOutcome, replaceOutcome } from './outcomes.ts';

/** Access keys on one table. */
export const accessKeyTable = (table: ItemTable): AccessKeyTable => ({
  async putAccessKey(record) {
    const write = await table.put(accessKeyToItem(record), { kind: 'itemAbsent' });
    return putOutcome(write, accessKeyFromItem, (found) => found.writeId === record.writeId);
  },
  async replaceAccessKey(record, seenWriteId) {
    const write = await table.put(accessKeyToItem(record), { kind: 'equals', attribute: 'w', value: seenWriteId });
    return replaceOutcome(write, accessKeyFromItem, (found) => found.writeId === record.writeId);
  },
  async readAccessKey(id) {
    const item = await table.get(accessKeyKey({ id }), { consistent: true });
    return item && accessKeyFromItem(item);
  },
  async listAccessKeys({ limit, after }) {
    const items = await table.query({ ...accessKeyRange(), limit, consistent: true, ...(after === undefined ? {} : { after }) });
    return items.map(accessKeyFromItem);
  },
});
