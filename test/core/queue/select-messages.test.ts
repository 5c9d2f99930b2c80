import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, hourly, rewind, rewindable, undo, WEEK_SECONDS } from '../rewind-calls.ts';

describe('a selective rewind', () => {
  it('hands out again what was settled in a window, beside the live queue', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [, second = 0, third = 0] = await hourly(deps, orders, ['a', 'b', 'c']);
    await orders.send('in flight', 'ready');
    const [held] = await orders.receive(1);
    await rewind(deps, { from: { atMs: epochMs(second) }, toMs: epochMs(third) });
    expect(await consume(orders)).toEqual(['b', 'ready']);
    expect(await orders.delete([held!])).toEqual(['deleted']);
    deps.clock.advance(200_000);
    expect(await consume(throughOther(deps))).toEqual([]);
  });

  it('takes only what a filter lets through: tags, attributes, ids, outcome', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'dead');
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: 1, deadLetter: { queue: 'dead', maxReceiveCount: 1 } });
    const fromMs = epochMs(deps.clock.now());
    const ids = await orders.send(entry('tagged', { tags: ['x', 'y'] }), entry('red', { attributes: { colour: 'red' } }), 'plain');
    await consume(orders);
    await orders.send('failed');
    await orders.receive();
    deps.clock.advance(3000);
    expect(await orders.receive()).toEqual([]);
    const cases = [
      [{ tags: ['y', 'z'] }, ['tagged']], [{ attributes: { colour: 'red' } }, ['red']], [{ messageIds: [ids[2]!] }, ['plain']],
      [{ outcome: 'deadLettered' }, ['failed']], [{ outcome: 'deleted', tags: ['x'] }, ['tagged']], [{ tags: ['nobody'] }, []],
    ] as const;
    for (const [filter, expected] of cases) {
      await rewind(deps, { from: { atMs: fromMs }, filter });
      expect(await consume(orders)).toEqual(expected);
      deps.clock.advance(2000);
    }
  });

  it('is undone like any other: what it has not handed out yet stays settled', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const [first = 0] = await hourly(deps, orders, ['a']);
    const { rewindId } = await rewind(deps, { from: { atMs: epochMs(first) }, toMs: epochMs(first + 1) });
    await undo(deps, rewindId);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(orders)).toEqual([]);
  });
});
