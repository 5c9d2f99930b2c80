import { expect, it } from 'vitest';
import { nameIgnoringCase, searchNames } from '../../../lib/core/queue/search-names.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { newQueue } from '../queue-calls.ts';

async function world(...names: readonly string[]) {
  const deps = memoryDeps();
  for (const name of names) await newQueue(deps, {}, name);
  return deps;
}

const search = { registry: 'queue', word: '', offset: 0, limit: 10 };

it('finds a word anywhere in a name, in any case, and counts all that have it', async () => {
  const deps = await world('my-orders', 'Orders', 'payments', 'reorder');
  const { found, total } = await searchNames(deps, { ...search, word: 'ORDER', offset: 1, limit: 1 });
  expect([found.map(({ name }) => name), total]).toEqual([['my-orders'], 3]);
});

it('finds everything without a word, and nothing behind the end', async () => {
  const deps = await world('a', 'b');
  expect((await searchNames(deps, search)).found).toHaveLength(2);
  expect(await searchNames(deps, { ...search, offset: 2 })).toEqual({ found: [], total: 2 });
});

it('finds the name that differs in its case alone', async () => {
  const deps = await world('Orders', 'orders-2');
  expect(await nameIgnoringCase(deps, 'queue', 'oRDERS')).toBe('Orders');
  expect(await nameIgnoringCase(deps, 'queue', 'order')).toBeUndefined();
  expect(await nameIgnoringCase(deps, 'topic', 'orders')).toBeUndefined();
});
