import { describe, expect, it } from 'vitest';
import { listRewinds } from '../../../lib/core/queue/list-rewinds.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries, entry, newQueue, type QueueCalls, refusalOf, textsOf, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, hourly, rewind, rewindable, rewindTo, undo, WEEK_SECONDS } from '../rewind-calls.ts';

describe('an undo', () => {
  it('returns to the chain before: what was settled there stays so, what was settled since comes again', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [first = 0] = await hourly(deps, orders, ['a', 'b']);
    const { rewindId } = await rewindTo(deps, first);
    deps.clock.advance(EFFECTIVE_MS);
    await orders.send('since', entry('since, later', { delaySeconds: 30 }), entry('much later', { delaySeconds: 600 }));
    expect(await consume(orders)).toEqual(['a', 'b', 'since']);
    deps.clock.advance(30_000);
    expect(await consume(orders)).toEqual(['since, later']);
    await undo(deps, rewindId);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['since', 'since, later']);
    deps.clock.advance(600_000);
    expect(await consume(throughOther(deps))).toEqual(['much later']);
  });

  it('brings back what the chain before still held, above and below the start', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 600 });
    await orders.send('a', entry('far', { delaySeconds: 5000 }));
    await orders.receive();
    deps.clock.advance(120_000);
    await orders.receive();
    const { rewindId } = await rewindTo(deps, deps.clock.now() - 120_000);
    deps.clock.advance(EFFECTIVE_MS);
    for (let polls = 0; polls < 1000; polls += 1) { deps.clock.advance(1000); await orders.receive(1, { visibilityTimeoutSeconds: 43_200 }); }
    await undo(deps, rewindId);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['a']);
    deps.clock.advance(5_000_000);
    expect(await consume(throughOther(deps))).toEqual(['far']);
  });

  it('and a later start let what is held between the two starts go on', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 600 });
    // Something below every start keeps the chain served beside those that come after it.
    await orders.send(entry('in a year', { delaySeconds: 31_536_000 }));
    deps.clock.advance(1000);
    const startMs = deps.clock.now();
    await orders.send('held', entry('far', { delaySeconds: 5000 }));
    await orders.receive();
    deps.clock.advance(120_000);
    await orders.receive();
    const { rewindId } = await rewindTo(deps, startMs);
    // Long enough to put aside what the chain before had alarms for.
    for (let polls = 0; polls < 1000; polls += 1) { deps.clock.advance(1000); await orders.receive(1, { visibilityTimeoutSeconds: 43_200 }); }
    await undo(deps, rewindId);
    deps.clock.advance(EFFECTIVE_MS);
    await rewindTo(deps, deps.clock.now());
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(throughOther(deps))).toEqual(['held']);
    deps.clock.advance(5_000_000);
    expect(await consume(throughOther(deps))).toEqual(['far']);
  });

  it('of a purge brings everything back', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send('ready', entry('delayed', { delaySeconds: 60 }));
    const { rewindId } = await purgeQueue(deps, { name: 'orders' });
    deps.clock.advance(EFFECTIVE_MS);
    await undo(deps, rewindId);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual(['ready']);
    deps.clock.advance(60_000);
    expect(await consume(orders)).toEqual(['delayed']);
  });

  it('is for the newest one only, then for the one before it', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [first = 0, second = 0] = await hourly(deps, orders, ['a', 'b']);
    const older = await rewindTo(deps, first);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await refusalOf(undo(deps, 'nosuch'))).toBe('rewindNotFound');
    const newer = await rewindTo(deps, second);
    expect(await refusalOf(undo(deps, newer.rewindId))).toBe('queueIsChanging');
    deps.clock.advance(EFFECTIVE_MS);
    expect(await refusalOf(undo(deps, older.rewindId))).toBe('rewindNotUndoable');
    for (const { rewindId } of [newer, older]) {
      await undo(deps, rewindId);
      deps.clock.advance(EFFECTIVE_MS);
    }
    expect(await consume(orders)).toEqual([]);
    const states = (await listRewinds(deps, { name: 'orders' })).map(({ kind, state }) => `${kind} ${state}`);
    expect(states).toEqual(['undo inEffect', 'undo inEffect', 'rewind undone', 'rewind undone']);
  });
});

/** Deleted: m0 to m4 with the tag x, m5 to m9 without, m10 to m14 with it. */
async function deleted(deps: MemoryDeps) {
  const orders = await rewindable(deps);
  const fromMs = epochMs(deps.clock.now());
  const ids = [
    ...await orders.send(...entries(5, { tags: ['x'] })), ...await orders.send('m5', 'm6', 'm7', 'm8', 'm9'),
    ...await orders.send(...[10, 11, 12, 13, 14].map((at) => entry(`m${at}`, { tags: ['x'] }))),
  ];
  await consume(orders);
  deps.clock.advance(10_000);
  const inEffect = async ({ rewindId }: { readonly rewindId: string }) => { deps.clock.advance(EFFECTIVE_MS); return rewindId; };
  return {
    orders,
    select: async () => (await rewind(deps, { from: { atMs: fromMs }, filter: { tags: ['x'] } })).rewindId,
    rewindToTenth: async () => inEffect(await rewind(deps, { from: { messageId: ids[10]! } })),
    undone: async (rewindId: string) => inEffect(await undo(deps, rewindId)),
  };
}

/** Whatever comes until nothing does for a while. */
async function consumeAll(deps: MemoryDeps, orders: QueueCalls): Promise<readonly string[]> {
  const all: string[] = [];
  for (let polls = 0; polls < 100; polls += 1) { deps.clock.advance(2000); all.push(...await consume(orders)); }
  return all.toSorted();
}

describe('an undo of a selective rewind', () => {
  it('leaves what it has handed out with its consumers, to be deleted but not to be held on', async () => {
    const deps = memoryDeps();
    const { orders, select, undone } = await deleted(deps);
    const rewindId = await select();
    const [first, second] = await orders.receive(2);
    await undone(rewindId);
    expect(await orders.change([first!], 600)).toEqual(['receiptHandleRewound']);
    expect(await orders.delete([first!])).toEqual(['deleted']);
    expect(await consumeAll(deps, throughOther(deps))).toEqual([]);
    expect(await orders.delete([second!])).toEqual(['deleted']);
  });

  it('is refused when it has handed out everything', async () => {
    const deps = memoryDeps();
    const { orders, select } = await deleted(deps);
    const rewindId = await select();
    await consumeAll(deps, orders);
    expect(await refusalOf(undo(deps, rewindId))).toBe('rewindNotUndoable');
    expect((await listRewinds(deps, { name: 'orders' })).map(({ state }) => state)).toEqual(['finished']);
  });

  it('lasts, also when a rewind that came after it is undone days later', async () => {
    const deps = memoryDeps();
    const { orders, select, rewindToTenth, undone } = await deleted(deps);
    const selection = await select();
    const whole = await rewindToTenth();
    await undone(selection);
    expect(await consumeAll(deps, orders)).toEqual(['m10', 'm11', 'm12', 'm13', 'm14']);
    deps.clock.advance(2 * 86_400_000);
    await undone(await rewind(deps, { from: { atMs: epochMs(deps.clock.now()) }, filter: {} }).then(({ rewindId }) => rewindId));
    await undone(whole);
    expect(await consumeAll(deps, throughOther(deps))).toEqual([]);
    const states = (await listRewinds(deps, { name: 'orders' })).map(({ kind, state }) => `${kind} ${state}`);
    expect(states.filter((state) => !state.startsWith('undo'))).toEqual(['selection undone', 'rewind undone', 'selection undone']);
  });
});

describe('through the undo of an older rewind a selective one', () => {
  it('goes on below the start, and begins again above it', async () => {
    const deps = memoryDeps();
    const { orders, select, rewindToTenth, undone } = await deleted(deps);
    const whole = await rewindToTenth();
    expect(await consume(orders)).toEqual(['m10', 'm11', 'm12', 'm13', 'm14']);
    deps.clock.advance(1000);
    const selection = await select();
    const held = await orders.receive(7);
    expect(textsOf(held).toSorted()).toEqual(['m0', 'm1', 'm10', 'm11', 'm2', 'm3', 'm4']);
    await undone(whole);
    const outcomes = await orders.delete(held.toSorted((a, b) => Number(textsOf([a])[0]!.slice(1)) - Number(textsOf([b])[0]!.slice(1))));
    expect(outcomes).toEqual(['deleted', 'deleted', 'deleted', 'deleted', 'deleted', 'receiptHandleRewound', 'receiptHandleRewound']);
    expect(await consumeAll(deps, throughOther(deps))).toEqual(['m10', 'm11', 'm12', 'm13', 'm14']);
    expect((await listRewinds(deps, { name: 'orders' })).find(({ rewindId }) => rewindId === selection)?.state).toBe('finished');
  });

  it('leaves alone what was in flight before the rewind', async () => {
    const deps = memoryDeps();
    const { orders, select, rewindToTenth, undone } = await deleted(deps);
    await orders.send(entry('in flight', { tags: ['x'] }));
    await orders.receive(1, { visibilityTimeoutSeconds: 3600 });
    const whole = await rewindToTenth();
    expect(await consume(orders)).toContain('in flight');
    await select();
    await undone(whole);
    expect(await consumeAll(deps, throughOther(deps))).not.toContain('in flight');
    deps.clock.advance(3_600_000);
    expect(await consumeAll(deps, orders)).toEqual(['in flight']);
  });

  it('survives the undo of a purge, and can be undone after it', async () => {
    const deps = memoryDeps();
    const { orders, select, undone } = await deleted(deps);
    await orders.send(entry('ready', { tags: ['x'] }));
    const { rewindId: purge } = await purgeQueue(deps, { name: 'orders' });
    deps.clock.advance(EFFECTIVE_MS);
    const selection = await select();
    await undone(purge);
    expect(await orders.receive(2)).toHaveLength(2);
    await undone(selection);
    expect(await consumeAll(deps, throughOther(deps))).not.toContain('m14');
  });
});
