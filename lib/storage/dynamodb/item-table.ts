import {
  ConditionalCheckFailedException, DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { itemBytes, writeUnits } from '../items/item-size.ts';
import type { Item, ItemTable, Write } from '../items/item-table.ts';
import type { TableMeter } from '../items/meters.ts';
import { type AttributeMap, fromAttributes, keyToAttributes, toAttributes } from './attribute-values.ts';
import { conditionParts, isEmptyRange, rangeParts, startParts, updateParts } from './expressions.ts';
import { toStoreFault } from './faults.ts';

export interface DynamoDbTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly meter?: TableMeter;
}

/** A DynamoDB table, or one of a database that speaks its protocol. */
export const dynamoDbItemTable = (table: DynamoDbTable): ItemTable => ({ ...reads(table), ...writes(table) });

/** With every command: what it cost is only asked for when somebody counts. */
const commonParts = ({ tableName, meter }: DynamoDbTable) =>
  ({ TableName: tableName, ...(meter && { ReturnConsumedCapacity: 'TOTAL' as const }) });

function reads(table: DynamoDbTable): Pick<ItemTable, 'get' | 'query'> {
  const { client, meter } = table;
  const common = commonParts(table);
  return {
    async get(key, { consistent }) {
      const { Item, ConsumedCapacity } = await answered(
        client.send(new GetItemCommand({ ...common, Key: keyToAttributes(key), ConsistentRead: consistent })),
      );
      meter?.read(ConsumedCapacity?.CapacityUnits ?? 0);
      return Item && fromAttributes(Item);
    },
    async query(range) {
      if (isEmptyRange(range)) return [];
      const { Items = [], ConsumedCapacity } = await answered(client.send(new QueryCommand({
        ...common,
        ...rangeParts(range),
        ...startParts(range),
        Limit: range.limit,
        ScanIndexForward: !range.descending,
        ConsistentRead: range.consistent,
      })));
      meter?.read(ConsumedCapacity?.CapacityUnits ?? 0);
      return Items.map(fromAttributes);
    },
  };
}

function writes(table: DynamoDbTable): Pick<ItemTable, 'put' | 'update' | 'remove'> {
  const { client, meter } = table;
  const common = { ...commonParts(table), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  return {
    put: (item, condition) => written(meter, client.send(new PutItemCommand({
      ...common, Item: toAttributes(item), ...conditionParts(condition),
    }))),
    update: (key, change) => written(meter, client.send(new UpdateItemCommand({
      ...common, Key: keyToAttributes(key), ReturnValues: 'ALL_OLD', ...updateParts(change),
    }))),
    remove: (key, condition) => written(meter, client.send(new DeleteItemCommand({
      ...common, Key: keyToAttributes(key), ...conditionParts(condition),
    }))),
  };
}

interface WriteAnswer {
  readonly Attributes?: AttributeMap | undefined;
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number | undefined } | undefined;
}

async function written(meter: TableMeter | undefined, sent: Promise<WriteAnswer>): Promise<Write> {
  try {
    const { Attributes, ConsumedCapacity } = await sent;
    meter?.write(ConsumedCapacity?.CapacityUnits ?? 0);
    return { kind: 'landed', before: itemOf(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw toStoreFault(error);
    const before = itemOf(error.Item);
    // A refusal does not say what it cost; it costs the size of the item that refused.
    meter?.write(writeUnits(before ? itemBytes(before) : 0));
    return { kind: 'refused', before };
  }
}

/** For an item that was not there, dynoxide answers the bare key of an update; no item of ours is only a key. */
const itemOf = (attributes: AttributeMap = {}): Item | undefined =>
  (Object.keys(attributes).length > KEY_ATTRIBUTES ? fromAttributes(attributes) : undefined);

const KEY_ATTRIBUTES = 2;

async function answered<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    throw toStoreFault(error);
  }
}
