import { describe, expect, it } from 'vitest';
import { listRewinds } from '../../../lib/core/queue/list-rewinds.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, refusalOf, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, hourly, rewindable, rewindTo, undo, WEEK_SECONDS } from '../rewind-calls.ts';

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
