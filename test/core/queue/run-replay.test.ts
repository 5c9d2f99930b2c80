import { describe, expect, it } from 'vitest';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { resumeReplays } from '../../../lib/core/queue/replay.ts';
import { runReplay } from '../../../lib/core/queue/run-replay.ts';
import { type FaultPlan, faultyTable } from '../../support/faulty-table.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { expiringWorld } from '../cruel-worlds.ts';
import { entries, faultyDeps, newQueue, textsOf, throughOther } from '../queue-calls.ts';
import { arrivals, forever, queuesOf, read, replay, sentWithGaps, start } from '../replay-calls.ts';
import { HOUR_MS, rewindable, WEEK_SECONDS } from '../rewind-calls.ts';

describe('a pace', () => {
  it.each([[1, [0, 2000, 12_000, 12_000, 72_000]], [2, [0, 1000, 6000, 6000, 36_000]], [0.5, [0, 4000, 24_000, 24_000, 144_000]]] as const)(
    'of %d keeps the distances, from the first message on', async (speed, expected) => {
      const deps = memoryDeps();
      const { orders, copies } = await queuesOf(deps);
      const fromMs = await sentWithGaps(deps, orders, [5000, 2000, 10_000, 0, 60_000]);
      const job = await start(deps, { pace: { speed } });
      for (let turns = 0; turns < 10; turns += 1) {
        const end = await runReplay(deps, { ...job, turn: forever });
        if (end.kind === 'ended') break;
        deps.clock.advance(end.atMs - deps.clock.now());
      }
      const found = await arrivals(copies, fromMs);
      expect(found.map(([text]) => text)).toEqual(['0', '1', '2', '3', '4']);
      expect(found.map(([, ms]) => ms)).toEqual(expected);
    });

  it('never lets a copy come early, nor more than a second late', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    const gaps = Array.from({ length: 200 }, (_, at) => (at * 37) % 113);
    const fromMs = await sentWithGaps(deps, orders, gaps);
    await replay(deps, { pace: { speed: 1 } });
    let sentMs = 0;
    const found = await arrivals(copies, fromMs);
    expect(found.length).toBe(200);
    for (const [at, [, ms]] of found.entries()) {
      sentMs += at === 0 ? 0 : gaps[at]!;
      expect(ms).toBeGreaterThanOrEqual(sentMs);
      expect(ms).toBeLessThanOrEqual(sentMs + 1000);
    }
  });

  it('of so many a second is not exceeded, however fast they were sent', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await orders.send(...entries(95));
    const fromMs = deps.clock.now();
    await replay(deps, { pace: { messagesPerSecond: 10 } });
    const times = (await arrivals(copies, fromMs)).map(([, ms]) => ms);
    expect(times).toEqual(Array.from({ length: 95 }, (_, at) => Math.floor(at / 10) * 1000));
  });

  it('of less than one a second pauses between messages', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await orders.send(...entries(3));
    const fromMs = deps.clock.now();
    await replay(deps, { pace: { messagesPerSecond: 0.1 } });
    expect((await arrivals(copies, fromMs)).map(([, ms]) => ms)).toEqual([0, 10_000, 20_000]);
  });

  it('does not keep a runner waiting for long: the job is due again, and is then set going in time', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await sentWithGaps(deps, orders, [0, HOUR_MS]);
    const job = await start(deps, { pace: { speed: 1 } });
    const begunMs = deps.clock.now();
    expect(await runReplay(deps, { ...job, turn: forever })).toEqual({ kind: 'goesOn', atMs: begunMs + HOUR_MS });
    expect(deps.clock.now()).toBe(begunMs);
    expect(await read(deps, job.replayId)).toMatchObject({ state: 'running', copied: 1, runnerUntilMs: 0, notBeforeMs: begunMs + HOUR_MS });
    deps.kicked.length = 0;
    deps.clock.advance(HOUR_MS - 91_000);
    await resumeReplays(deps, job.incarnation);
    expect(deps.kicked).toEqual([]);
    deps.clock.advance(1000);
    await resumeReplays(deps, job.incarnation);
    expect(deps.kicked).toEqual([{ kind: 'replay', incarnation: job.incarnation, jobId: job.replayId }]);
    expect(await runReplay(memoryDeps({ world: deps.world }), { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect((await arrivals(copies, begunMs)).map(([, ms]) => ms)).toEqual([0, HOUR_MS]);
  });

  it('keeps its claim while the runner sleeps', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await sentWithGaps(deps, orders, [0, 100_000]);
    const job = await start(deps, { pace: { speed: 1 } });
    const states: string[] = [];
    const sleep: MemoryDeps['system']['sleep'] = async (ms, signal) => {
      await deps.system.sleep(ms - 1, signal);
      await runReplay(memoryDeps({ world: deps.world }), { ...job, turn: forever });
      states.push((await read(deps, job.replayId)).state);
      await deps.system.sleep(1, signal);
    };
    await runReplay({ ...deps, system: { ...deps.system, sleep } }, { ...job, turn: forever });
    expect(states).toEqual(['running']);
    expect((await copies.receiveAll()).length).toBe(2);
  });

  it('ends a turn that would have to wait beyond its end, or that is told to stop', async () => {
    const deps = memoryDeps();
    const { orders } = await queuesOf(deps);
    await sentWithGaps(deps, orders, [0, 30_000]);
    const job = await start(deps, { pace: { speed: 1 } });
    const atMs = deps.clock.now() + 30_000;
    expect(await runReplay(deps, { ...job, turn: { untilMs: deps.clock.now() + 5000 } })).toEqual({ kind: 'goesOn', atMs });
    const stopping = new AbortController();
    stopping.abort();
    expect(await runReplay(deps, { ...job, turn: { untilMs: Number.POSITIVE_INFINITY, signal: stopping.signal } })).toEqual({ kind: 'goesOn', atMs });
    expect(deps.clock.now()).toBeLessThan(atMs);
  });
});

describe('progress', () => {
  it('is stored batch by batch: a runner whose turn is over stops, another goes on', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(100));
    const job = await start(deps);
    for (const copied of [100, 200, 300]) {
      const other = memoryDeps({ world: deps.world });
      expect(await runReplay(other, { ...job, turn: { untilMs: deps.clock.now() } })).toMatchObject({ kind: 'goesOn' });
      expect(await read(deps, job.replayId)).toMatchObject({ state: 'running', copied });
    }
    expect(await runReplay(deps, { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect(await read(deps, job.replayId)).toMatchObject({ state: 'completed', copied: 300 });
    expect((await copies.receiveAll()).length).toBe(300);
  });

  it('is made by one runner at a time', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(700));
    const job = await start(deps);
    const runners = [deps, memoryDeps({ world: deps.world }), memoryDeps({ world: deps.world })];
    await Promise.all(runners.map((process) => runReplay(process, { ...job, turn: forever })));
    expect(await read(deps, job.replayId)).toMatchObject({ state: 'completed', copied: 2100 });
    expect((await copies.receiveAll()).length).toBe(2100);
  });

  it('costs one write a batch beside the append', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await newQueue(deps, { inlineSegmentBytes: 0 }, 'copies');
    for (let sends = 0; sends < 4; sends += 1) await orders.send(...entries(1000));
    const job = await start(deps);
    deps.meter.reset();
    await runReplay(deps, { ...job, turn: forever });
    // Four appends of one unit and a note each, the claim, and the end.
    expect(deps.meter.consumed().writeUnits).toBeLessThanOrEqual(4 * 2 + 2);
  });
});

describe('a queue that goes away', () => {
  it.each([['orders', 'queueDeleted'], ['copies', 'targetDeleted']] as const)('%s ends the replay, which says so', async (name, failure) => {
    const deps = memoryDeps();
    const { orders } = await queuesOf(deps);
    await orders.send('a');
    const job = await start(deps);
    await deleteQueue(deps, { name });
    // Another one of the same name does not get what was meant for the first.
    const again = await newQueue(deps, { rewindSeconds: WEEK_SECONDS }, name);
    expect(await runReplay(deps, { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect(await deps.jobs.readReplay(job.incarnation, job.replayId)).toMatchObject({ state: 'failed', failure, copied: 0 });
    expect(await again.receive()).toEqual([]);
  });

  it('while a batch is on its way does so too', async () => {
    const deps = memoryDeps();
    const { orders } = await queuesOf(deps);
    await orders.send('a');
    const job = await start(deps);
    const jobs: MemoryDeps['jobs'] = {
      ...deps.jobs,
      async replaceReplay(...args) {
        if (args[0].batch) await deleteQueue(memoryDeps({ world: deps.world }), { name: 'copies' }).catch(() => undefined);
        return deps.jobs.replaceReplay(...args);
      },
    };
    expect(await runReplay({ ...deps, jobs }, { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect(await read(deps, job.replayId)).toMatchObject({ state: 'failed', failure: 'targetDeleted' });
  });
});

describe('a runner that dies', () => {
  /** Three batches; the runner dies in the second. */
  const dying = async (where: FaultPlan) => {
    const { deps, table } = faultyDeps();
    const { orders, copies } = await queuesOf(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(1000).map((one, at) => ({ ...one, tags: [`${sends * 1000 + at}`] })));
    const job = await start(deps);
    table.fail(where);
    await expect(runReplay(deps, { ...job, turn: forever })).rejects.toThrow('injected');
    return { deps, copies, job };
  };

  it('is noticed after half a minute by whoever asks for the progress, not before', async () => {
    const { deps, job } = await dying({ fault: 'before', method: 'put', pkPrefix: 'l/', after: 1, times: 3 });
    const { runnerUntilMs } = await read(deps, job.replayId);
    deps.kicked.length = 0;
    deps.clock.advance(runnerUntilMs - deps.clock.now());
    await read(deps, job.replayId);
    expect(deps.kicked).toEqual([]);
    deps.clock.advance(1);
    await read(deps, job.replayId);
    expect(deps.kicked).toMatchObject([{ jobId: job.replayId }]);
  });

  it.each([
    ['before it notes a batch', { fault: 'before', method: 'put', pkPrefix: 'j/', after: 2 }],
    ['after it has noted a batch', { fault: 'after', method: 'put', pkPrefix: 'j/', after: 2 }],
    ['before an append', { fault: 'before', method: 'put', pkPrefix: 'l/', after: 1, times: 3 }],
    ['after an append', { fault: 'after', method: 'put', pkPrefix: 'l/', after: 1, times: 3 }],
    ['before it notes the end', { fault: 'before', method: 'put', pkPrefix: 'j/', after: 4 }],
  ] as const)('%s: another one completes the job, and nothing comes twice', async (_, where) => {
    const { deps, job } = await dying(where);
    const other = memoryDeps({ world: deps.world });
    expect(await runReplay(other, { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect((await read(other, job.replayId)).state).toBe('running');
    deps.clock.advance(31_000);
    await runReplay(other, { ...job, turn: forever });
    expect(await read(other, job.replayId)).toMatchObject({ state: 'completed', copied: 3000, total: 3000 });
    const tags = (await throughOther(deps, 'copies').receiveAll()).map((copy) => copy.tags[0]);
    expect(tags).toEqual(Array.from({ length: 3000 }, (_, at) => `${at}`));
  });

  it('finds the place of its batch taken by another sender: the batch goes elsewhere, once', async () => {
    const { deps, copies, job } = await dying({ fault: 'before', method: 'put', pkPrefix: 'l/', after: 1, times: 3 });
    await throughOther(deps, 'copies').send('between');
    deps.clock.advance(31_000);
    await runReplay(memoryDeps({ world: deps.world }), { ...job, turn: forever });
    expect(textsOf(await copies.receiveAll()).length).toBe(3001);
  });

  it('only stood still: what it puts after all is not put again', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await orders.send(...entries(1000));
    await orders.send(...entries(10));
    const job = await start(deps);
    const other = memoryDeps({ world: deps.world });
    let isFirst = true;
    const log: MemoryDeps['log'] = {
      ...deps.log,
      async putSegment(segment) {
        if (!isFirst) return deps.log.putSegment(segment);
        isFirst = false;
        deps.clock.advance(40_000);
        // The other finds the note, and nothing in its place; ours comes in just before it.
        const slow: MemoryDeps['log'] = {
          ...other.log,
          async putSegment(theirs) {
            if (theirs.base === segment.base && theirs.shard === segment.shard) await deps.log.putSegment(segment);
            return other.log.putSegment(theirs);
          },
        };
        await runReplay({ ...other, log: slow }, { ...job, turn: forever });
        return deps.log.putSegment(segment);
      },
    };
    expect(await runReplay({ ...deps, log }, { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect(await read(deps, job.replayId)).toMatchObject({ state: 'completed', copied: 1010 });
    expect((await copies.receiveAll()).length).toBe(1010);
  });

  it('long ago has noted a place that is no more by now: its batch goes elsewhere, and is not lost there', async () => {
    const { world, expire } = expiringWorld();
    const table = faultyTable(world.table);
    const deps = memoryDeps({ world: { ...world, table } });
    const orders = await rewindable(deps);
    const copies = await newQueue(deps, { retentionSeconds: 60 }, 'copies');
    await orders.send(...entries(1000));
    await orders.send('last');
    const job = await start(deps);
    table.fail({ fault: 'before', method: 'put', pkPrefix: 'l/', after: 1, times: 3 });
    await expect(runReplay(deps, { ...job, turn: forever })).rejects.toThrow('injected');
    deps.clock.advance(24 * HOUR_MS);
    await throughOther(deps, 'copies').send('closes the silent shard');
    deps.clock.advance(72 * HOUR_MS);
    for (const pk of ['l/', 'q/']) await expire(pk);
    await runReplay(memoryDeps({ world }), { ...job, turn: forever });
    expect(textsOf(await copies.receiveAll())).toEqual(['last']);
  });
});
