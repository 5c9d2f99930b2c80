import { expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { listRewinds } from '../../../lib/core/queue/list-rewinds.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { viewByName } from '../../../lib/core/queue/view.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { faultyDeps, newQueue, refusalOf } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, hourly, rewind, rewindable, rewindTo, undo, WEEK_SECONDS } from '../rewind-calls.ts';

const list = (deps: MemoryDeps) => listRewinds(deps, { name: 'orders' });
const states = async (deps: MemoryDeps) => (await list(deps)).map(({ kind, state }) => `${kind} ${state}`);

it('has nothing of a queue that was never rewound, and of one that does not exist it says so', async () => {
  const deps = memoryDeps();
  await rewindable(deps);
  expect(await list(deps)).toEqual([]);
  expect(await refusalOf(listRewinds(deps, { name: 'nosuch' }))).toBe('queueNotFound');
});

it('says who, when, from where, and when it takes effect', async () => {
  const deps = memoryDeps();
  await rewindable(deps);
  const requestedAtMs = deps.clock.now();
  const fromMs = epochMs(requestedAtMs - 5000);
  const { rewindId, effectiveAtMs } = await rewind(deps, { from: { atMs: fromMs }, requestedBy: 'ada' });
  expect(await list(deps)).toMatchObject([{ rewindId, kind: 'rewind', state: 'pending', requestedBy: 'ada', requestedAtMs, fromMs, effectiveAtMs }]);
  deps.clock.advance(EFFECTIVE_MS);
  expect(await states(deps)).toEqual(['rewind inEffect']);
});

it('lists the newest first, with what became of those before', async () => {
  const deps = memoryDeps();
  await rewindable(deps);
  await rewindTo(deps, deps.clock.now());
  deps.clock.advance(EFFECTIVE_MS);
  const { rewindId } = await purgeQueue(deps, { name: 'orders', requestedBy: 'ada' });
  expect(await states(deps)).toEqual(['purge pending', 'rewind followed']);
  deps.clock.advance(EFFECTIVE_MS);
  await undo(deps, rewindId);
  deps.clock.advance(EFFECTIVE_MS);
  expect(await list(deps)).toMatchObject([{ kind: 'undo', undoes: rewindId }, { kind: 'purge', requestedBy: 'ada' }, { kind: 'rewind' }]);
  expect(await states(deps)).toEqual(['undo inEffect', 'purge undone', 'rewind inEffect']);
});

it('shows window and filter of a selective one, which is finished when it has handed out everything', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  const [first = 0] = await hourly(deps, orders, ['a', 'b']);
  const toMs = epochMs(first + 1);
  await rewind(deps, { from: { atMs: epochMs(first) }, toMs, filter: { outcome: 'deleted' } });
  expect(await list(deps)).toMatchObject([{ kind: 'selection', state: 'inEffect', fromMs: first, toMs, filter: { outcome: 'deleted' } }]);
  expect(await consume(orders)).toEqual(['a']);
  for (let polls = 0; polls < 100; polls += 1) { deps.clock.advance(2000); await orders.receive(); }
  expect(await states(deps)).toEqual(['selection finished']);
});

it('says nothing of one whose writer died before it took place', async () => {
  const { deps, table } = faultyDeps();
  await newQueue(deps, { rewindSeconds: WEEK_SECONDS });
  table.fail({ fault: 'before', method: 'put', pkPrefix: 'q/', after: 2 });
  await expect(rewindTo(deps, deps.clock.now())).rejects.toThrow(StoreUnavailable);
  const { group: { incarnation } } = await viewByName(deps, 'orders', 0);
  expect((await deps.jobs.listRewinds(incarnation, 10)).length).toBe(1);
  expect(await list(deps)).toEqual([]);
  await rewindTo(deps, deps.clock.now());
  expect(await states(deps)).toEqual(['rewind pending']);
});
