import assert from 'node:assert/strict';
import { ITEM_BYTES_MAX, itemBytes, PAGE_BYTES_MAX, readUnits, writeUnits } from '../items/item-size.ts';
import type { Condition, Item, ItemChange, ItemKey, ItemRange, ItemTable, Value, Write } from '../items/item-table.ts';
import type { TableMeter } from '../items/meters.ts';

/** One partition: its items, ascending by sort key. */
type Partition = Item[];

/** The reference implementation: short enough to be obviously right. Its reads are always consistent. */
export function memoryItemTable({ meter }: { readonly meter?: TableMeter } = {}): ItemTable {
  const partitions = new Map<string, Partition>();
  const partition = (pk: string): Partition => {
    const found = partitions.get(pk) ?? [];
    partitions.set(pk, found);
    return found;
  };
  const stored = ({ pk, sk }: ItemKey): Item | undefined => {
    const items = partition(pk);
    const at = items[firstAtOrAbove(items, sk)];
    return at?.sk === sk ? at : undefined;
  };
  const store = (key: ItemKey, item: Item | undefined): void => {
    const items = partition(key.pk);
    const index = firstAtOrAbove(items, key.sk);
    items.splice(index, stored(key) ? 1 : 0, ...(item ? [item] : []));
  };

  /** Every write: the change is worked out from the item before, and undefined removes it. */
  const write = (key: ItemKey, condition: Condition | undefined, change: (before: Item | undefined) => Item | undefined): Write => {
    const before = stored(key);
    if (condition && !holds(condition, before)) {
      meter?.write(writeUnits(before ? itemBytes(before) : 0));
      return { kind: 'refused', before: structuredClone(before) };
    }
    const after = change(before);
    const bytes = Math.max(...[before, after].map((item) => (item ? itemBytes(item) : 0)));
    assert(bytes <= ITEM_BYTES_MAX, `an item may have ${ITEM_BYTES_MAX} bytes, this one would have ${bytes}`);
    store(key, after);
    meter?.write(writeUnits(bytes));
    return { kind: 'landed', before: structuredClone(before) };
  };

  return {
    async put(item, condition) {
      const { kind, before } = write(item, condition, () => present(structuredClone(item)));
      return { kind, before: kind === 'refused' ? before : undefined };
    },
    async get(key, { consistent }) {
      const item = stored(key);
      meter?.read(readUnits(item ? itemBytes(item) : 0, consistent));
      return structuredClone(item);
    },
    async query(range) {
      const { items, bytes } = page(partition(range.pk), range);
      meter?.read(readUnits(bytes, range.consistent));
      return structuredClone(items);
    },
    async update({ pk, sk }, change) {
      return write({ pk, sk }, change.condition, (before) => changed(before ?? { pk, sk }, structuredClone(change)));
    },
    async remove(key, condition) {
      const { kind, before } = write(key, condition, () => undefined);
      return { kind, before: kind === 'refused' ? before : undefined };
    },
  };
}

function firstAtOrAbove(items: Partition, sk: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.sk < sk) low = middle + 1;
    else high = middle;
  }
  return low;
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if (condition.kind === 'itemAbsent') return item === undefined;
  const value = item?.[condition.attribute];
  if (condition.kind === 'equals') return value === condition.value;
  if (condition.kind === 'setContains') return value instanceof Set && value.has(condition.value);
  return value === undefined || (typeof value === 'number' && value < condition.value);
}

function page(items: Partition, range: ItemRange): { items: Item[]; bytes: number } {
  assert(range.limit > 0, 'a query asks for at least one item');
  const taken: Item[] = [];
  let bytes = 0;
  const step = range.descending ? -1 : 1;
  for (let index = beginning(items, range); taken.length < range.limit; index += step) {
    const item = items[index];
    if (!item || item.sk < range.from || item.sk > range.until) break;
    const size = itemBytes(item);
    if (bytes + size > PAGE_BYTES_MAX) break;
    taken.push(item);
    bytes += size;
  }
  return { items: taken, bytes };
}

/** Index of the first item to read. */
function beginning(items: Partition, { from, until, after, descending }: ItemRange): number {
  if (!descending) return firstAtOrAbove(items, after !== undefined && after >= from ? justAbove(after) : from);
  return firstAtOrAbove(items, after !== undefined && after <= until ? after : justAbove(until)) - 1;
}

const justAbove = (sk: string): string => `${sk}\0`;

function changed(before: Item, { set = {}, remove = [], deleteFromSets = {}, addToSets = {} }: ItemChange): Item {
  const after: Record<string, Value | undefined> = { ...before, ...set };
  for (const name of remove) delete after[name];
  for (const [name, gone] of Object.entries(deleteFromSets)) {
    after[name] = new Set(members(before[name]).filter((member) => !gone.has(member)));
  }
  for (const [name, added] of Object.entries(addToSets)) {
    after[name] = new Set([...members(before[name]), ...added]);
  }
  return present({ ...after, pk: before.pk, sk: before.sk });
}

const members = (value: Value | undefined): readonly number[] => (value instanceof Set ? [...value] : []);

/** Without the attributes that are not there: undefined ones, and sets that became empty. */
function present(item: Item): Item {
  const entries = Object.entries(item).filter(([, value]) => value !== undefined && !(value instanceof Set && value.size === 0));
  return { ...Object.fromEntries(entries), pk: item.pk, sk: item.sk };
}
