import { describe, expect, it } from 'vitest';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { runRedrive, startRedrive } from '../../../lib/core/queue/redrive.ts';
import { skippedBy } from '../../../lib/core/queue/replay.ts';
import { runReplay } from '../../../lib/core/queue/run-replay.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, queueCalls, textsOf } from '../queue-calls.ts';
import { forever, queuesOf, read, replay, start } from '../replay-calls.ts';
import { rewindable, WEEK_SECONDS } from '../rewind-calls.ts';

describe('a copy', () => {
  it('stays one as a dead letter, and on its way back', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const dead = await newQueue(deps, {}, 'dead');
    const copies = await newQueue(deps, { deadLetter: { queue: 'dead', maxReceiveCount: 1 } }, 'copies');
    const [messageId] = await orders.send('a');
    const { replayId } = await replay(deps);
    await copies.receive();
    deps.clock.advance(31_000);
    await copies.receive(10, { waitSeconds: 5 });
    const [letter] = await dead.receive(1, { visibilityTimeoutSeconds: 1 });
    expect(letter).toMatchObject({ replay: { replayId, messageId }, origin: { queue: 'copies' } });
    deps.clock.advance(2000);
    await runRedrive(deps, { ...await startRedrive(deps, { name: 'dead' }), untilMs: Number.POSITIVE_INFINITY });
    const [back] = await copies.receive();
    expect(back).toMatchObject({ replay: { replayId, messageId } });
    expect(back).not.toHaveProperty('origin');
  });

  it('of a copy names the copy that it was made of', async () => {
    const deps = memoryDeps();
    const { copies } = await queuesOf(deps);
    await queueCalls(deps).send('a');
    await replay(deps);
    const [copy] = await copies.receive();
    await changeQueue(deps, { name: 'copies', changes: { rewindSeconds: WEEK_SECONDS } });
    const third = await newQueue(deps, {}, 'third');
    const job = await start(deps, { name: 'copies', target: 'third' });
    await runReplay(deps, { ...job, turn: forever });
    expect((await third.receive())[0]?.replay).toEqual({ replayId: job.replayId, messageId: copy?.messageId, enqueuedAtMs: copy?.enqueuedAtMs });
  });

  it('of a dead letter is none itself: a redrive would send it back beside its original', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'copies');
    const dead = await newQueue(deps, { rewindSeconds: WEEK_SECONDS }, 'dead');
    const work = await newQueue(deps, { deadLetter: { queue: 'dead', maxReceiveCount: 1 } }, 'work');
    await work.send('a');
    await work.receive();
    deps.clock.advance(31_000);
    await work.receive(10, { waitSeconds: 5 });
    await runReplay(deps, { ...await start(deps, { name: 'dead' }), turn: forever });
    const [copy] = await queueCalls(deps, 'copies').receive();
    expect(copy).toMatchObject({ replay: { messageId: (await dead.receive())[0]?.messageId } });
    expect(copy).not.toHaveProperty('origin');
  });
});

describe('a filter', () => {
  it('lets through by tag, attribute and id, and what it does not is counted as skipped', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    const ids = await orders.send(entry('a', { tags: ['x'] }), entry('b', { tags: ['x'], attributes: { n: '1' } }), entry('c', { attributes: { n: '1' } }));
    const job = await replay(deps, { filter: { tags: ['x'], attributes: { n: '1' } } });
    expect(job).toMatchObject({ total: 3, copied: 1 });
    expect(skippedBy(job)).toBe(2);
    expect(textsOf(await copies.receiveAll())).toEqual(['b']);
    await replay(deps, { filter: { messageIds: [ids[2]!, ids[0]!] } });
    expect(textsOf(await copies.receiveAll())).toEqual(['a', 'c']);
  });

  it('knows what became of a message', async () => {
    const deps = memoryDeps();
    const dead = await newQueue(deps, {}, 'dead');
    const copies = await newQueue(deps, {}, 'copies');
    const orders = await newQueue(deps, { rewindSeconds: WEEK_SECONDS, deadLetter: { queue: 'dead', maxReceiveCount: 1 } });
    await orders.send('deleted', 'dead', 'in flight');
    const [first, , third] = await orders.receiveAll();
    await orders.delete([first!]);
    await orders.change([third!], 3600);
    deps.clock.advance(31_000);
    await orders.receive(10, { waitSeconds: 5 });
    expect(textsOf(await dead.receiveAll())).toEqual(['dead']);
    for (const [outcome, text] of [['deleted', 'deleted'], ['deadLettered', 'dead']] as const) {
      await replay(deps, { filter: { outcome } });
      expect(textsOf(await copies.receiveAll())).toEqual([text]);
    }
  });

  it('that lets hardly anything through keeps its claim while it looks', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    for (let sends = 0; sends < 30; sends += 1) await orders.send(entry(`${sends}`, { tags: [`${sends}`] }));
    const job = await start(deps, { filter: { tags: ['29'] } });
    const other = memoryDeps({ world: deps.world });
    const claims: boolean[] = [];
    const log: MemoryDeps['log'] = {
      ...other.log,
      async listSegments(range) {
        deps.clock.advance(4000);
        const { runnerUntilMs = 0 } = await deps.jobs.readReplay(job.incarnation, job.replayId) ?? {};
        claims.push(runnerUntilMs > deps.clock.now());
        return other.log.listSegments({ ...range, limit: 1 });
      },
    };
    expect(await runReplay({ ...other, log }, { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect(claims.length).toBeGreaterThanOrEqual(30);
    expect(claims).not.toContain(false);
    expect(await read(deps, job.replayId)).toMatchObject({ state: 'completed', copied: 1 });
    expect(textsOf(await copies.receiveAll())).toEqual(['29']);
  });
});
