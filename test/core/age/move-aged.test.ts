import { describe, expect, it } from 'vitest';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entries, entry, SKEW_MS, textsOf, throughOther } from '../queue-calls.ts';
import { AGE_MS, ageWorld, PAUSE_MS, runUntil, turn } from './age-calls.ts';

describe('a message that nobody has received', () => {
  it('becomes a dead letter at its age, and not before', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await runUntil(world, deps.clock.now());
    const sentAtMs = deps.clock.now();
    await orders.send('old');
    await runUntil(world, sentAtMs + AGE_MS - 1);
    expect((await dead.counts()).ready).toBe(0);
    await runUntil(world, sentAtMs + AGE_MS + PAUSE_MS);
    expect(textsOf(await dead.receive())).toEqual(['old']);
    expect(await orders.receive()).toEqual([]);
  });

  it('says where it came from and why, and keeps what it is', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    const enqueuedAtMs = deps.clock.now();
    const [messageId] = await orders.send(entry('old', { attributes: { kind: 'x' }, tags: ['t'] }));
    deps.clock.advance(AGE_MS);
    await turn(world);
    expect((await dead.receive())[0]).toMatchObject({
      body: { kind: 'text', text: 'old' }, attributes: { kind: 'x' }, tags: ['t'], receiveCount: 1,
      origin: { queue: 'orders', messageId, enqueuedAtMs, receiveCount: 0, reason: 'maxAgeSeconds' },
    });
    expect((await findMessage(deps, { name: 'orders', messageId: messageId! })).state).toBe('deadLettered');
  });

  it('leaves younger ones of the same shard to consumers, unleased', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await orders.send(...entries(3));
    deps.clock.advance(AGE_MS / 2);
    await orders.send('young');
    deps.clock.advance(AGE_MS / 2);
    await turn(world);
    expect(textsOf(await dead.receiveAll())).toEqual(['m0', 'm1', 'm2']);
    expect((await orders.receive()).map(({ body, receiveCount }) => [body, receiveCount])).toEqual([[{ kind: 'text', text: 'young' }, 1]]);
  });

  it('is read from, and written to, the object store like any other', async () => {
    const world = await ageWorld(memoryDeps(), { inlineSegmentBytes: 0 });
    const { deps, orders, dead } = world;
    await changeQueue(deps, { name: 'dead', changes: { inlineSegmentBytes: 0 } });
    await orders.send(...entries(20));
    deps.clock.advance(AGE_MS);
    await turn(world);
    expect((await dead.receiveAll()).length).toBe(20);
  });

  it('may still be received before the housekeeper comes', async () => {
    const { deps, orders } = await ageWorld();
    await orders.send('old');
    deps.clock.advance(AGE_MS + PAUSE_MS);
    expect(textsOf(await orders.receive())).toEqual(['old']);
  });
});

describe('a message that was received', () => {
  it('stays with who holds it, whatever its age, and counts as consumed once deleted', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await orders.send('slow', 'done');
    const held = await orders.receive(10, { visibilityTimeoutSeconds: 3600 });
    deps.clock.advance(AGE_MS + PAUSE_MS);
    await turn(world);
    expect(await dead.receive()).toEqual([]);
    expect(await orders.delete(held)).toEqual(['deleted', 'deleted']);
    await runUntil(world, deps.clock.now() + 2 * 3_600_000);
    expect(await dead.receive()).toEqual([]);
  });

  it('is moved once its holder has let it fall due, with how often it was received', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await orders.send('dropped', 'done');
    const dueAtMs = deps.clock.now() + 900_000;
    const held = await orders.receive(10, { visibilityTimeoutSeconds: 900 });
    await orders.delete(held.slice(1));
    await runUntil(world, dueAtMs);
    expect(await dead.receive()).toEqual([]);
    await runUntil(world, dueAtMs + PAUSE_MS + SKEW_MS);
    expect((await dead.receive()).map(({ origin }) => [origin?.receiveCount, origin?.reason])).toEqual([[1, 'maxAgeSeconds']]);
    expect(await orders.receive()).toEqual([]);
  });

  it('keeps its age when it is given back', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await orders.send('again');
    deps.clock.advance(AGE_MS - 1000);
    await orders.change(await orders.receive(), 0);
    await turn(world);
    expect((await dead.counts()).ready).toBe(0);
    await runUntil(world, deps.clock.now() + 1000 + PAUSE_MS);
    expect((await dead.receive()).map(({ origin }) => origin?.receiveCount)).toEqual([1]);
  });

  it('is found when its consumer died and nobody polls', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    await orders.send(...entries(5));
    await throughOther(deps).receive(5);
    deps.clock.advance(AGE_MS);
    await runUntil(world, deps.clock.now() + PAUSE_MS);
    expect((await dead.receiveAll()).length).toBe(5);
  });
});

describe('a delayed message', () => {
  it('has its age from when its delay is over', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    const dueAtMs = deps.clock.now() + 3_600_000;
    await orders.send(entry('later', { delaySeconds: 3600 }));
    await runUntil(world, dueAtMs + AGE_MS - 1);
    expect((await dead.counts()).ready).toBe(0);
    await runUntil(world, dueAtMs + AGE_MS + PAUSE_MS);
    expect((await dead.receive()).map(({ body, origin }) => [body, origin?.receiveCount])).toEqual([[{ kind: 'text', text: 'later' }, 0]]);
    expect(await orders.receive()).toEqual([]);
  });

  it('is moved without those of the same send that are due later', async () => {
    const world = await ageWorld();
    const { deps, orders, dead } = world;
    const nowMs = deps.clock.now();
    await orders.send(entry('soon', { delaySeconds: 60 }), entry('late', { delaySeconds: 6000 }));
    await runUntil(world, nowMs + 60_000 + AGE_MS + PAUSE_MS);
    expect(textsOf(await dead.receiveAll())).toEqual(['soon']);
    deps.clock.advance(nowMs + 6_000_000 - deps.clock.now());
    expect(textsOf(await orders.receive(10, { waitSeconds: 3 }))).toEqual(['late']);
  });
});

describe('a rewind', () => {
  it('begins the age of everything anew, from its effect', async () => {
    const world = await ageWorld(memoryDeps(), { rewindSeconds: 86_400 });
    const { deps, orders, dead } = world;
    const fromMs = deps.clock.now();
    await orders.send('done');
    await orders.delete(await orders.receive());
    deps.clock.advance(2 * AGE_MS);
    await rewindQueue(deps, { name: 'orders', from: { atMs: fromMs } });
    const effectiveAtMs = deps.clock.now() + 3000;
    await runUntil(world, effectiveAtMs + AGE_MS - 1);
    expect((await dead.counts()).ready).toBe(0);
    await runUntil(world, effectiveAtMs + AGE_MS + PAUSE_MS);
    expect(textsOf(await dead.receive())).toEqual(['done']);
  });

  it('takes nothing with it that a purge has taken away', async () => {
    const world = await ageWorld(memoryDeps(), { rewindSeconds: 86_400 });
    const { deps, orders, dead } = world;
    await orders.send('gone');
    await purgeQueue(deps, { name: 'orders' });
    await runUntil(world, deps.clock.now() + 3 * AGE_MS);
    expect(await dead.receive()).toEqual([]);
  });
});
