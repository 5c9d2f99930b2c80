import type { QueueTable } from '../../core/ports/queue-table.ts';
import type { ItemTable } from './item-table.ts';
import { definitionKey, groupKey, registryKey, registryRange, retiredShardRange, viewRange } from './keys.ts';
import { putOutcome, replaceOutcome } from './outcomes.ts';
import {
  definitionFromItem, definitionToItem, groupFromItem, groupToItem, nameFromItem, nameToItem, retiredShardFromItem, retiredShardToItem,
} from './queue-item.ts';

/** Names, definitions and groups on one table. */
export const queueTable = (table: ItemTable): QueueTable => ({
  ...names(table), ...definitions(table), ...groups(table), ...retiredShards(table),
});

function names(table: ItemTable): Pick<QueueTable, 'readName' | 'putName' | 'deleteName' | 'listNames'> {
  return {
    async readName(registry, name) {
      const item = await table.get(registryKey({ registry, name }), { consistent: true });
      return item && nameFromItem(item);
    },
    async putName(entry) {
      const write = await table.put(nameToItem(entry), { kind: 'itemAbsent' });
      return putOutcome(write, nameFromItem, (found) => found.incarnation === entry.incarnation);
    },
    async deleteName({ incarnation, ...entry }) {
      await table.remove(registryKey(entry), { kind: 'equals', attribute: 'i', value: incarnation });
    },
    async listNames({ registry, prefix, limit, after }) {
      const range = { ...registryRange(registry, prefix), limit, consistent: true };
      return (await table.query(after === undefined ? range : { ...range, after })).map(nameFromItem);
    },
  };
}

function definitions(table: ItemTable): Pick<QueueTable, 'readView' | 'putDefinition' | 'replaceDefinition' | 'deleteDefinition'> {
  return {
    async readView(incarnation, { consistent }) {
      const [definition, group] = await table.query({ ...viewRange(incarnation), limit: 2, consistent });
      if (definition?.sk !== definitionKey(incarnation).sk || !group) return undefined;
      return { definition: definitionFromItem(definition), group: groupFromItem(group) };
    },
    async putDefinition(definition) {
      const write = await table.put(definitionToItem(definition), { kind: 'itemAbsent' });
      return putOutcome(write, definitionFromItem, (found) => found.writeId === definition.writeId);
    },
    async replaceDefinition(definition) {
      const write = await table.put(definitionToItem(definition), { kind: 'equals', attribute: 'v', value: definition.version - 1 });
      return replaceOutcome(write, definitionFromItem, (found) => found.writeId === definition.writeId);
    },
    async deleteDefinition(incarnation) {
      await table.remove(definitionKey(incarnation));
    },
  };
}

function groups(table: ItemTable): Pick<QueueTable, 'putGroup' | 'replaceGroup' | 'deleteGroup'> {
  return {
    async putGroup(group) {
      const write = await table.put(groupToItem(group), { kind: 'itemAbsent' });
      return putOutcome(write, groupFromItem, (found) => found.writeId === group.writeId);
    },
    async replaceGroup(group, seenWriteId) {
      const write = await table.put(groupToItem(group), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return replaceOutcome(write, groupFromItem, (found) => found.writeId === group.writeId);
    },
    async deleteGroup(incarnation) {
      await table.remove(groupKey(incarnation));
    },
  };
}

function retiredShards(table: ItemTable): Pick<QueueTable, 'putRetiredShard' | 'listRetiredShards'> {
  return {
    async putRetiredShard(shard) {
      await table.put(retiredShardToItem(shard));
    },
    async listRetiredShards(incarnation, afterVersion, limit) {
      const items = await table.query({ ...retiredShardRange(incarnation, afterVersion), limit, consistent: true });
      return items.map(retiredShardFromItem);
    },
  };
}
