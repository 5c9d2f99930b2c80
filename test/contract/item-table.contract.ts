import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Item, ItemKey, ItemTable } from '../../lib/storage/items/item-table.ts';
import { system } from '../../lib/platform/system.ts';
import type { OpenTable, TableEngine } from '../support/table-engines.ts';

/** What every ItemTable must do. The table in memory is the reference; the others must match it. */
export function itemTableContract(engine: TableEngine): void {
  describe.skipIf(engine.missing !== undefined)(`ItemTable: ${engine.name}${engine.missing ? ` (${engine.missing})` : ''}`, () => {
    let opened: OpenTable;
    beforeAll(async () => { opened = await engine.open(); });
    afterAll(async () => { await opened.close(); });
    const table = (): ItemTable => opened.table;

    writes(table);
    updates(table);
    queries(table);
    capacity(() => opened, engine.countsCapacity);
  });
}

/** Nobody else's partition, on an engine that others may use too. */
const newKey = (): ItemKey => ({ pk: `p/${system.newId()}`, sk: 'a' });

const strongly = { consistent: true };

/** One attribute of every kind, at its awkward ends. */
const everyKind = {
  text: 'ä\u0000𝄞', empty: '', whole: Number.MAX_SAFE_INTEGER, negative: -1.5, zero: 0, yes: true, no: false,
  bytes: Uint8Array.of(0, 255, 10), noBytes: new Uint8Array(), set: new Set([3, 1, 2]), list: ['a', 1, ['b', true], []],
};

function writes(table: () => ItemTable): void {
  it('reads back every kind of value', async () => {
    const item = { ...newKey(), ...everyKind };
    await table().put(item);
    expect(await table().get(item, strongly)).toEqual(item);
  });

  it('leaves out what is undefined, and empty sets', async () => {
    const key = newKey();
    await table().put({ ...key, a: undefined, b: new Set(), c: 1 });
    expect(Object.keys((await table().get(key, strongly))!).toSorted()).toEqual(['c', 'pk', 'sk']);
  });

  it('reads nothing where nothing was put', async () => {
    expect(await table().get(newKey(), strongly)).toBeUndefined();
    expect(await table().get(newKey(), { consistent: false })).toBeUndefined();
  });

  it('replaces the whole item, and says nothing of the one before', async () => {
    const key = newKey();
    await table().put({ ...key, a: 1, b: 1 });
    expect(await table().put({ ...key, a: 2 })).toEqual({ kind: 'landed', before: undefined });
    expect(await table().get(key, strongly)).toEqual({ ...key, a: 2 });
  });

  it('puts where nothing is, once, and shows the second who was first', async () => {
    const first = { ...newKey(), a: 1 };
    expect(await table().put(first, { kind: 'itemAbsent' })).toEqual({ kind: 'landed', before: undefined });
    expect(await table().put({ ...first, a: 2 }, { kind: 'itemAbsent' })).toEqual({ kind: 'refused', before: first });
    expect(await table().get(first, strongly)).toEqual(first);
  });

  it.each(['w1', 7])('replaces only what has the value seen (%s)', async (value) => {
    const key = newKey();
    const seen = { kind: 'equals', attribute: 'w', value } as const;
    expect(await table().put({ ...key, w: value }, seen)).toEqual({ kind: 'refused', before: undefined });
    await table().put({ ...key, w: value });
    expect(await table().put({ ...key, w: 'other' }, seen)).toEqual({ kind: 'landed', before: undefined });
    expect(await table().put({ ...key, w: 'late' }, seen)).toEqual({ kind: 'refused', before: { ...key, w: 'other' } });
  });

  it('removes, also what is not there, and under a condition only what was seen', async () => {
    const item = { ...newKey(), w: 'w1' };
    await table().put(item);
    expect(await table().remove(item, { kind: 'equals', attribute: 'w', value: 'w0' })).toEqual({ kind: 'refused', before: item });
    expect(await table().remove(item, { kind: 'equals', attribute: 'w', value: 'w1' })).toEqual({ kind: 'landed', before: undefined });
    expect(await table().get(item, strongly)).toBeUndefined();
    expect(await table().remove(item)).toEqual({ kind: 'landed', before: undefined });
  });

  it('keeps what it was given, whatever becomes of that afterwards', async () => {
    const item = { ...newKey(), b: Uint8Array.of(1) };
    await table().put(item);
    item.b[0] = 2;
    const read = await table().get(item, strongly);
    expect(read!['b']).toEqual(Uint8Array.of(1));
    (read!['b'] as Uint8Array)[0] = 3;
    expect((await table().get(item, strongly))!['b']).toEqual(Uint8Array.of(1));
  });
}

function updates(table: () => ItemTable): void {
  it('sets, removes, adds and deletes in one update, and answers the item as it was', async () => {
    const before = { ...newKey(), keep: 1, change: 1, gone: 1, less: new Set([1, 2, 3]), more: new Set([1]) };
    await table().put(before);
    const write = await table().update(before, {
      set: { change: 2, added: 'x', notThere: undefined },
      remove: ['gone', 'neverThere'],
      deleteFromSets: { less: new Set([1, 2, 9]) },
      addToSets: { more: new Set([1, 2]), fresh: new Set([5]) },
    });
    expect(write).toEqual({ kind: 'landed', before });
    expect(await table().get(before, strongly)).toEqual({
      pk: before.pk, sk: before.sk, keep: 1, change: 2, added: 'x', less: new Set([3]), more: new Set([1, 2]), fresh: new Set([5]),
    });
  });

  it('drops a set with its last member', async () => {
    const item = { ...newKey(), k_x: new Set([1, 2]), other: 1 };
    await table().put(item);
    await table().update(item, { deleteFromSets: { k_x: new Set([1, 2]) }, condition: { kind: 'setContains', attribute: 'k_x', value: 1 } });
    expect(await table().get(item, strongly)).toEqual({ pk: item.pk, sk: item.sk, other: 1 });
  });

  it('refuses an update whose attribute is gone, and shows the item that refuses', async () => {
    const item = { ...newKey(), other: 1 };
    await table().put(item);
    const change = { deleteFromSets: { k_x: new Set([1]) }, set: { w: 'w2' }, condition: { kind: 'setContains', attribute: 'k_x', value: 1 } } as const;
    expect(await table().update(item, change)).toEqual({ kind: 'refused', before: item });
    expect(await table().update(newKey(), change)).toEqual({ kind: 'refused', before: undefined });
  });

  it('makes the item of an update that nothing forbids', async () => {
    const key = newKey();
    expect(await table().update(key, { set: { a: 1 } })).toEqual({ kind: 'landed', before: undefined });
    expect(await table().get(key, strongly)).toEqual({ ...key, a: 1 });
  });

  it('raises a number, but never lowers it', async () => {
    const key = newKey();
    const raise = (low: number) => table().update(key, { set: { low }, condition: { kind: 'absentOrLower', attribute: 'low', value: low } });
    expect((await raise(5)).kind).toBe('landed');
    expect(await raise(5)).toEqual({ kind: 'refused', before: { ...key, low: 5 } });
    expect((await raise(4)).kind).toBe('refused');
    expect((await raise(10)).kind).toBe('landed');
    expect(await table().get(key, strongly)).toEqual({ ...key, low: 10 });
  });

  it('takes words that an engine reserves, and any lease id, as names of attributes', async () => {
    const key = newKey();
    await table().update(key, { set: { name: 1, size: 2, 'k_0': new Set([1]), '9-.': 3 } });
    expect(await table().get(key, strongly)).toEqual({ ...key, name: 1, size: 2, 'k_0': new Set([1]), '9-.': 3 });
  });
}

const found = (items: readonly Item[]): readonly string[] => items.map(({ sk }) => sk);

function queries(table: () => ItemTable): void {
  const filled = async (count: number): Promise<string> => {
    const { pk } = newKey();
    for (let index = 0; index < count; index += 1) await table().put({ pk, sk: `s${index}` });
    return pk;
  };
  const whole = { from: 's', until: 's~', limit: 100, consistent: true };

  it('reads a range in order, both ends included, and nothing beside it', async () => {
    const pk = await filled(5);
    await table().put({ pk, sk: 'r' });
    await table().put({ pk, sk: 't' });
    expect(found(await table().query({ ...whole, pk }))).toEqual(['s0', 's1', 's2', 's3', 's4']);
    expect(found(await table().query({ ...whole, pk, from: 's1', until: 's3' }))).toEqual(['s1', 's2', 's3']);
    expect(found(await table().query({ ...whole, pk, consistent: false }))).toHaveLength(5);
  });

  it('reads backwards, and no more than the limit', async () => {
    const pk = await filled(5);
    expect(found(await table().query({ ...whole, pk, until: 's3', descending: true, limit: 2 }))).toEqual(['s3', 's2']);
    expect(found(await table().query({ ...whole, pk, limit: 1 }))).toEqual(['s0']);
  });

  it('goes on behind a key, whether that is there or not', async () => {
    const pk = await filled(5);
    expect(found(await table().query({ ...whole, pk, after: 's1' }))).toEqual(['s2', 's3', 's4']);
    expect(found(await table().query({ ...whole, pk, after: 's1x', limit: 2 }))).toEqual(['s2', 's3']);
    expect(found(await table().query({ ...whole, pk, after: 's3', descending: true }))).toEqual(['s2', 's1', 's0']);
  });

  it('takes a place outside the range for its beginning or its end', async () => {
    const pk = await filled(3);
    expect(found(await table().query({ ...whole, pk, after: 'a' }))).toEqual(['s0', 's1', 's2']);
    expect(found(await table().query({ ...whole, pk, after: 'z' }))).toEqual([]);
    expect(found(await table().query({ ...whole, pk, after: 'z', descending: true }))).toEqual(['s2', 's1', 's0']);
    expect(found(await table().query({ ...whole, pk, after: 'a', descending: true }))).toEqual([]);
  });

  it('reads nothing of an empty partition, or of a range whose end lies before its beginning', async () => {
    expect(await table().query({ ...whole, pk: newKey().pk })).toEqual([]);
    expect(await table().query({ ...whole, pk: await filled(3), from: 's2', until: 's1' })).toEqual([]);
  });

  it('cuts a page at 1 MB, but never to nothing', async () => {
    const { pk } = newKey();
    for (let index = 0; index < 4; index += 1) await table().put({ pk, sk: `s${index}`, b: new Uint8Array(390_000) });
    const first = await table().query({ ...whole, pk });
    expect(first.length).toBeGreaterThanOrEqual(1);
    expect(first.length).toBeLessThan(4);
    const rest = await table().query({ ...whole, pk, after: first.at(-1)!.sk });
    expect(found([...first, ...rest])).toEqual(['s0', 's1', 's2', 's3']);
  });
}

/** An item of exactly that size: names and values count, keys too. */
const ofBytes = (bytes: number): Item => {
  const key = newKey();
  return { ...key, b: new Uint8Array(bytes - 5 - key.pk.length - key.sk.length) };
};

const writing = (writeUnits: number) => ({ writeUnits, readUnits: 0, requests: 1 });
const reading = (readUnits: number) => ({ writeUnits: 0, readUnits, requests: 1 });

function capacity(opened: () => OpenTable, countsCapacity: TableEngine['countsCapacity']): void {
  const cost = async (work: (table: ItemTable) => Promise<unknown>) => {
    const { table, meter } = opened();
    meter.reset();
    await work(table);
    const { writeUnits, readUnits, requests } = meter.consumed();
    return { writeUnits, readUnits, requests };
  };

  describe('capacity', () => {
    it('counts a write by whole kilobytes, names and keys included', async () => {
      expect(await cost((table) => table.put(ofBytes(1024)))).toEqual(writing(1));
      expect(await cost((table) => table.put(ofBytes(1025)))).toEqual(writing(2));
    });

    it('counts the larger of the item before and after', async () => {
      const item = ofBytes(2500);
      await opened().table.put(item);
      expect(await cost((table) => table.put({ pk: item.pk, sk: item.sk, w: 1 }))).toEqual(writing(3));
      await opened().table.put(item);
      expect(await cost((table) => table.update(item, { remove: ['b'] }))).toEqual(writing(3));
      await opened().table.put(item);
      expect(await cost((table) => table.remove(item))).toEqual(writing(3));
      expect(await cost((table) => table.remove(item))).toEqual(writing(1));
    });

    it('counts a refusal by the item that refused', async () => {
      const item = ofBytes(2500);
      await opened().table.put(item);
      expect(await cost((table) => table.put({ ...item, b: 1 }, { kind: 'itemAbsent' }))).toEqual(writing(3));
    });

    it('counts a read by four kilobytes, and half of it when it may be stale', async () => {
      const [small, large] = [ofBytes(4096), ofBytes(4097)];
      await opened().table.put(small);
      await opened().table.put(large);
      expect(await cost((table) => table.get(small, { consistent: true }))).toEqual(reading(1));
      expect(await cost((table) => table.get(small, { consistent: false }))).toEqual(reading(0.5));
      expect(await cost((table) => table.get(large, { consistent: false }))).toEqual(reading(1));
      expect(await cost((table) => table.get(newKey(), { consistent: false }))).toEqual(reading(0.5));
    });

    it('sums what a query read before it rounds', async () => {
      const { pk, b } = ofBytes(2048);
      await opened().table.put({ pk, sk: '1', b });
      await opened().table.put({ pk, sk: '2', b });
      const range = { pk, from: '1', until: '2', limit: 10 };
      expect(await cost((table) => table.query({ ...range, consistent: true }))).toEqual(reading(1));
      expect(await cost((table) => table.query({ ...range, consistent: false }))).toEqual(reading(0.5));
    });

    it.skipIf(countsCapacity === 'butEmptyQueries')('counts half a unit for a query that finds nothing', async () => {
      const nothing = { pk: newKey().pk, from: '1', until: '2', limit: 10, consistent: false };
      expect(await cost((table) => table.query(nothing))).toEqual(reading(0.5));
    });
  });
}
