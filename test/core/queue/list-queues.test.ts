import { expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { listQueues } from '../../../lib/core/queue/list-queues.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { refusalOf } from '../queue-calls.ts';

const names = ['Alpha', 'alpha', 'alpha-1', 'alpha-2', 'alpha_3', 'beta', 'z'];

async function withQueues(): Promise<MemoryDeps> {
  const deps = memoryDeps();
  for (const name of names.toReversed()) await createQueue(deps, { name, settings: {} });
  return deps;
}

const namesOf = async (deps: MemoryDeps, prefix: string, limit = 1000) =>
  (await listQueues(deps, { prefix, limit })).queues.map(({ name }) => name);

it('lists all queues by name, with their settings', async () => {
  const deps = await withQueues();
  expect(await namesOf(deps, '')).toEqual(names);
  expect((await listQueues(deps, { prefix: 'beta', limit: 1 })).queues[0]).toMatchObject({ name: 'beta', settings: { delaySeconds: 0 } });
});

it.each([['alpha', ['alpha', 'alpha-1', 'alpha-2', 'alpha_3']], ['alpha-', ['alpha-1', 'alpha-2']], ['A', ['Alpha']], ['z', ['z']], ['zz', []]])(
  'lists those that begin with %j', async (prefix, found) => {
    expect(await namesOf(await withQueues(), prefix)).toEqual(found);
  });

it('comes in pages, each with a cursor but the last', async () => {
  const deps = await withQueues();
  const seen: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await listQueues(deps, { prefix: '', limit: 3, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.queues.map(({ name }) => name));
    ({ cursor } = page);
    pages += 1;
  } while (cursor !== undefined);
  expect([seen, pages]).toEqual([names, 3]);
});

it('has no further page when the last queue just fits', async () => {
  const deps = await withQueues();
  expect(await listQueues(deps, { prefix: '', limit: names.length })).not.toHaveProperty('cursor');
  expect(await listQueues(deps, { prefix: '', limit: names.length - 1 })).toHaveProperty('cursor');
});

it.each([0, 1001])('is refused with a limit of %i', async (limit) => {
  expect(await refusalOf(listQueues(memoryDeps(), { prefix: '', limit }))).toBe('parameterOutOfRange');
});

it('is empty when there is none', async () => {
  expect(await listQueues(memoryDeps(), { prefix: '', limit: 10 })).toEqual({ queues: [] });
});
