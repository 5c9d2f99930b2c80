import type { Item, Value } from './item-table.ts';

/**
 * Sizes and capacity units by DynamoDB's rules: "DynamoDB item sizes and formats" and "DynamoDB
 * throughput capacity" of its developer guide.
 */
const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;

export const ITEM_BYTES_MAX = 400 * 1024;
export const PAGE_BYTES_MAX = 1024 * 1024;

/** Names count like values. */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value);
  }
  return bytes;
}

function valueBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(value);
  if (typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return sum([...value].map(numberBytes));
  // A list: 3 bytes, and one more for each element.
  return 3 + sum((value as readonly Value[]).map((element) => 1 + valueBytes(element)));
}

/** A byte for each two significant digits, one more, and one for a sign. */
function numberBytes(value: number): number {
  const digits = Math.abs(value).toString().replace('.', '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Also what the refusal of a conditional write costs, by the size of the item that refused it. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));

export const readUnits = (bytes: number, consistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent ? 1 : 0.5);
