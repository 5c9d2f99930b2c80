import { describe, expect, it } from 'vitest';
import { memoryWorld } from '../../bench/cost/world.ts';

describe('sleepers', () => {
  it('are woken in the order of their times, and time goes no further than that', async () => {
    const world = memoryWorld();
    const { system } = world.newProcess();
    const startMs = world.now();
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await system.sleep(ms);
      woken.push([name, world.now() - startMs]);
    };

    await Promise.all([sleep('late', 500), sleep('early', 20), sleep('early too', 20), sleep('early', 20).then(() => sleep('again', 30))]);

    expect(woken).toEqual([['early', 20], ['early too', 20], ['early', 20], ['again', 50], ['late', 500]]);
  });

  it('are not woken before requests under way have been answered', async () => {
    const world = memoryWorld();
    const { system } = world.newProcess();
    const startMs = world.now();
    let release = (): void => {};
    const request = world.trace.request('get', () => new Promise<void>((resolve) => { release = resolve; }));
    const slept = system.sleep(100).then(() => world.now() - startMs);
    for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => { setImmediate(resolve); });
    expect(world.now()).toBe(startMs);

    release();
    await request;
    expect(await slept).toBe(100);
  });

  it('are woken at once by their signal, without any time', async () => {
    const world = memoryWorld();
    const { system } = world.newProcess();
    const startMs = world.now();
    const woken = new AbortController();
    const slept = system.sleep(60_000, woken.signal);
    woken.abort();
    await slept;
    expect(world.now()).toBe(startMs);
  });
});
