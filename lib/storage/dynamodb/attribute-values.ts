import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes, Item, ItemKey, Value } from '../items/item-table.ts';

/** Plain values to DynamoDB's and back; by hand, since a general converter costs more than the request's own code. */
export type AttributeMap = Record<string, AttributeValue>;

export const keyToAttributes = ({ pk, sk }: ItemKey): AttributeMap => ({ pk: { S: pk }, sk: { S: sk } });

/** Leaves out what is not there: undefined, and sets without members, which DynamoDB does not know. */
export function toAttributes(attributes: Attributes): AttributeMap {
  const map: AttributeMap = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && !(value instanceof Set && value.size === 0)) map[name] = toAttributeValue(value);
  }
  return map;
}

export function toAttributeValue(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: value.toString() };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  if (value instanceof Set) return { NS: Array.from(value as ReadonlySet<number>, String) };
  return { L: (value as readonly Value[]).map(toAttributeValue) };
}

export function fromAttributes(map: AttributeMap): Item {
  const item: Record<string, Value> = {};
  for (const [name, value] of Object.entries(map)) item[name] = fromAttributeValue(value);
  return item as Item;
}

function fromAttributeValue(value: AttributeValue): Value {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.B !== undefined) return value.B;
  if (value.NS !== undefined) return new Set(value.NS.map(Number));
  if (value.L !== undefined) return value.L.map(fromAttributeValue);
  throw new Error(`an attribute of a kind that this table does not use: ${Object.keys(value).join()}`);
}
