import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { ItemKey, ItemTable } from '../../lib/storage/items/item-table.ts';
import type { Trace } from './trace.ts';

/** The same table, with each request recorded under the kind of item it is about. */
export const tracedTable = (inner: ItemTable, trace: Trace): ItemTable => ({
  put: (item, condition) => trace.request(`put ${kindOf(item)}`, () => inner.put(item, condition)),
  get: (key, options) => trace.request(`get ${kindOf(key)}`, () => inner.get(key, options)),
  query: (range) => trace.request(
    `${range.consistent ? 'strong query' : 'query'} ${kindOf({ pk: range.pk, sk: range.from })}`, () => inner.query(range),
  ),
  update: (key, change) => trace.request(`update ${kindOf(key)}`, () => inner.update(key, change)),
  remove: (key, condition) => trace.request(`remove ${kindOf(key)}`, () => inner.remove(key, condition)),
});

/** The same store, with each request recorded. */
export const tracedObjects = (inner: ObjectStore, trace: Trace): ObjectStore => ({
  putObject: (key, bytes) => trace.request('put object', () => inner.putObject(key, bytes)),
  putObjectIfAbsent: (key, bytes) => trace.request('put object', () => inner.putObjectIfAbsent(key, bytes)),
  getObject: (key) => trace.request('get object', () => inner.getObject(key)),
  getObjectRange: (key, from, end) => trace.request('get object range', () => inner.getObjectRange(key, from, end)),
  objectBytes: (key) => trace.request('head object', () => inner.objectBytes(key)),
  deleteObject: (key) => trace.request('delete object', () => inner.deleteObject(key)),
});

const kinds: Readonly<Record<string, string>> = {
  n: 'name', q: 'queue', l: 'segment', a: 'alarm', j: 'job', p: 'push', i: 'intent', s: 'secret',
};

/** For reading a trace; the catalogue of keys is lib/storage/items/keys.ts. */
function kindOf({ pk, sk }: ItemKey): string {
  const letter = pk.slice(0, 1);
  if (letter === 'l' && sk.startsWith('A')) return 'manifest';
  if (letter === 'l' && sk.startsWith('B')) return 'left out';
  if (letter === 'c') return sk.startsWith('H') ? 'head' : 'lease';
  return kinds[letter] ?? letter;
}
