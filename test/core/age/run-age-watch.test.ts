import { describe, expect, it } from 'vitest';
import { moveAged } from '../../../lib/core/age/move-aged.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { viewOf } from '../../../lib/core/queue/view.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, newQueue, textsOf } from '../queue-calls.ts';
import { AGE_MS, ageWorld, incarnationOf, MAX_AGE_SECONDS, PAUSE_MS, runUntil, turn } from './age-calls.ts';

describe('the housekeeper', () => {
  it('moves a large backlog in bounded turns, each message once', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    for (let sends = 0; sends < 5; sends += 1) await orders.send(...entries(1000));
    deps.clock.advance(AGE_MS);
    const ends: string[] = [];
    while ((await dead.counts()).ready < 5000) {
      const { kind } = await turn(world, deps.clock.now());
      ends.push(kind);
      expect(ends.length).toBeLessThanOrEqual(6);
    }
    expect(new Set(ends)).toEqual(new Set(['goesOn']));
    expect(new Set((await dead.receiveAll()).map(({ origin }) => origin?.messageId)).size).toBe(5000);
    expect((await dead.counts()).ready).toBe(0);
  });

  it('is one at a time; a second one finds nothing to do', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await orders.send(...entries(50));
    deps.clock.advance(AGE_MS);
    const others = { ...world, deps: memoryDeps({ world: deps.world }) };
    const ends = await Promise.all([turn(world), turn(others)]);
    expect(ends.map(({ kind }) => kind).toSorted()).toEqual(['ended', 'goesOn']);
    expect((await dead.receiveAll()).length).toBe(50);
  });

  it('may be two at once all the same: leases keep messages apart', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(100));
    await orders.receive(50);
    deps.clock.advance(AGE_MS);
    const look = async (process: MemoryDeps) => {
      const view = await viewOf(process, world.incarnation, 0);
      for await (const _step of moveAged(process, view!, AGE_MS)) { /* to the end */ }
    };
    await Promise.all([look(memoryDeps({ world: deps.world })), look(memoryDeps({ world: deps.world }))]);
    await runUntil(world, deps.clock.now() + 2 * PAUSE_MS);
    const letters = (await dead.receiveAll()).map(({ origin }) => origin?.messageId);
    expect([letters.length, new Set(letters).size]).toEqual([300, 300]);
  });

  it('costs a queue at rest one look in an age', async () => {
    const world = await ageWorld();
    const { deps } = world;
    await runUntil(world, deps.clock.now());
    expect(await runUntil(world, deps.clock.now() + 10 * AGE_MS)).toBeLessThanOrEqual(12);
    deps.clock.advance(AGE_MS);
    const { writeUnits, readUnits } = await costOf(deps, () => turn(world));
    expect(writeUnits).toBe(2);
    expect(readUnits).toBeLessThanOrEqual(7);
  });

  it('does not read again and again what came back and is young', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await runUntil(world, deps.clock.now());
    deps.clock.advance(AGE_MS);
    await orders.send('first');
    deps.clock.advance(AGE_MS / 2);
    for (let times = 0; times < 200; times += 1) await orders.send('young');
    while ((await orders.receive(1)).length > 0) { /* each in a lease of its own */ }
    deps.clock.advance(PAUSE_MS);
    await turn(world);
    deps.clock.advance(PAUSE_MS);
    expect((await costOf(deps, () => turn(world))).readUnits).toBeLessThan(60);
    await runUntil(world, deps.clock.now() + AGE_MS / 2 - PAUSE_MS);
    expect(textsOf(await dead.receive())).toEqual(['first']);
    await runUntil(world, deps.clock.now() + AGE_MS);
    expect((await dead.receiveAll()).length).toBe(201);
  });

  it('ends for good once the policy is gone, or the queue', async () => {
    const world = await ageWorld();
    const { deps, orders } = world;
    await orders.send('old');
    deps.clock.advance(AGE_MS);
    await changeQueue(deps, { name: 'orders', changes: { deadLetter: { queue: 'dead', maxReceiveCount: 3 } } });
    expect(await turn(world)).toEqual({ kind: 'ended' });
    expect(await deps.jobs.listAgeWatches({ limit: 10 })).toEqual([]);
    expect(textsOf(await orders.receive())).toEqual(['old']);
    await changeQueue(deps, { name: 'orders', changes: { deadLetter: { queue: 'dead', maxAgeSeconds: 60 } } });
    await deleteQueue(deps, { name: 'orders' });
    deps.clock.advance(AGE_MS);
    expect(await turn(world)).toEqual({ kind: 'ended' });
    expect(await deps.jobs.listAgeWatches({ limit: 10 })).toEqual([]);
  });

  it('is not had, nor paid, by queues without such a policy', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'dead');
    await newQueue(deps, { deadLetter: { queue: 'dead', maxReceiveCount: 3 } });
    expect(await deps.jobs.listAgeWatches({ limit: 10 })).toEqual([]);
    expect(deps.kicked).toEqual([]);
  });

  it('that works by a policy which is changed meanwhile leaves the next look to the new one', async () => {
    const world = await ageWorld();
    const { deps, orders, dead, incarnation } = world;
    await runUntil(world, deps.clock.now());
    deps.clock.advance(AGE_MS);
    await orders.send('old');
    deps.clock.advance(60_000);
    let writes = 0;
    const replaceAgeWatch: MemoryDeps['jobs']['replaceAgeWatch'] = async (...watch) => {
      writes += 1;
      if (writes === 2) await changeQueue(deps, { name: 'orders', changes: { deadLetter: { queue: 'dead', maxAgeSeconds: 60 } } });
      return deps.jobs.replaceAgeWatch(...watch);
    };
    expect(await turn({ deps: { ...deps, jobs: { ...deps.jobs, replaceAgeWatch } }, incarnation })).toEqual({ kind: 'ended' });
    expect(deps.kicked.at(-1)).toMatchObject({ kind: 'age', incarnation });
    await turn(world);
    expect(textsOf(await dead.receive())).toEqual(['old']);
  });

  it('begins with a policy that comes later, at once and for what is there', async () => {
    const deps = memoryDeps();
    const dead = await newQueue(deps, {}, 'dead');
    const orders = await newQueue(deps);
    await orders.send('old');
    deps.clock.advance(AGE_MS);
    await changeQueue(deps, { name: 'orders', changes: { deadLetter: { queue: 'dead', maxAgeSeconds: MAX_AGE_SECONDS } } });
    const incarnation = await incarnationOf(deps);
    expect(deps.kicked).toEqual([{ kind: 'age', incarnation, jobId: incarnation }]);
    await turn({ deps, incarnation });
    expect(textsOf(await dead.receive())).toEqual(['old']);
  });
});
