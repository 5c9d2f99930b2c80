import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngineTable, type EngineTable } from '../../bench/cost/engine-world.ts';
import { newTrace, type Trace } from '../../bench/cost/trace.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { memoryItemTable } from '../../lib/storage/memory/item-table.ts';
import { dynoxideEngine } from '../support/table-engines.ts';

/** Items whose sizes lie on both sides of each step of the bill. */
const sizes = [0, 500, 1000, 1010, 1024, 2030, 2048, 4050, 4096, 5000, 20_000];
const sortKey = (size: number): string => `s${String(size).padStart(6, '0')}`;
const item = (size: number, value = 1) => ({ pk: 'p', sk: sortKey(size), body: new Uint8Array(size), value, set: new Set([1, 22, 333]) });
const all = { pk: 'p', from: 's', until: 't', consistent: false };

/** The same requests for both tables; each with the units it was told. */
async function unitsOf(trace: Trace, table: ItemTable): Promise<readonly string[]> {
  const units: string[] = [];
  const note = async (name: string, send: () => Promise<unknown>) => {
    const { requests } = await trace.record(() => trace.request(name, send));
    units.push(`${name}: ${requests.map(({ writeUnits, readUnits }) => `${writeUnits} written, ${readUnits} read`).join()}`);
  };
  for (const size of sizes) await note(`put ${size}`, () => table.put(item(size), { kind: 'itemAbsent' }));
  for (const size of sizes) await note(`refused put over ${size}`, () => table.put(item(size, 2), { kind: 'itemAbsent' }));
  for (const size of sizes) await note(`get ${size}`, () => table.get({ pk: 'p', sk: sortKey(size) }, { consistent: size % 1000 === 0 }));
  for (const size of sizes) await note(`update ${size}`, () => table.update({ pk: 'p', sk: sortKey(size) }, { set: { value: 123_456.5 } }));
  for (const limit of [1, 3, 7, 100]) await note(`query ${limit}`, () => table.query({ ...all, limit }));
  await note('strong query', () => table.query({ ...all, limit: 100, consistent: true }));
  await note('query of nothing', () => table.query({ ...all, pk: 'nowhere', limit: 1 }));
  await note('get of nothing', () => table.get({ pk: 'nowhere', sk: 's' }, { consistent: true }));
  await note('shrinking update', () => table.update({ pk: 'p', sk: sortKey(20_000) }, { remove: ['body'] }));
  for (const size of sizes) await note(`remove ${size}`, () => table.remove({ pk: 'p', sk: sortKey(size) }));
  await note('remove of nothing', () => table.remove({ pk: 'nowhere', sk: 's' }));
  return units;
}

describe.skipIf(dynoxideEngine.missing !== undefined)('the engine', () => {
  let engine: EngineTable;
  beforeAll(async () => { engine = await startEngineTable(); });
  afterAll(() => engine.stop());

  it('reports the units that follow from the sizes of items', async () => {
    const [reported, computed] = [newTrace(), newTrace()];

    expect(await unitsOf(reported, engine.tableOf(reported.meter))).toEqual(await unitsOf(computed, memoryItemTable({ meter: computed.meter })));
  });
});
