import { describe, expect, it } from 'vitest';
import { ObjectUnreadable } from '../../../lib/core/errors.ts';
import { cancelReplay, listReplays, readReplay, type StartReplayRequest } from '../../../lib/core/queue/replay.ts';
import { runReplay } from '../../../lib/core/queue/run-replay.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { cool, DAY_MS, longLived, objectsOf, segmentsOf } from '../archive/cold.ts';
import { entries, entry, newQueue, refusalOf, textsOf } from '../queue-calls.ts';
import { forever, queuesOf, read, replay, start } from '../replay-calls.ts';
import { consume, HOUR_MS, hourly, rewind, WEEK_SECONDS } from '../rewind-calls.ts';

describe('a replay', () => {
  it('copies what was sent in a window, settled or not, in order, and leaves the queue alone', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    const times = await hourly(deps, orders, ['a', 'b', 'c', 'd']);
    await orders.send('ready');
    const before = await orders.counts();
    expect(await replay(deps, { from: { atMs: epochMs(times[1]!) }, toMs: epochMs(times[3]!) })).toMatchObject({
      state: 'completed', total: 2, copied: 2, left: {}, reachedAtMs: times[2], fromMs: times[1], toMs: times[3],
    });
    expect(textsOf(await copies.receiveAll())).toEqual(['b', 'c']);
    expect({ ...await orders.counts(), asOfMs: 0 }).toEqual({ ...before, asOfMs: 0 });
    expect(textsOf(await orders.receiveAll())).toEqual(['ready']);
  });

  it('gives each copy the body, attributes and tags of its message, and says which that was', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    const sentAtMs = deps.clock.now();
    const [messageId] = await orders.send(entry('a', { attributes: { x: 'y' }, tags: ['t'] }));
    deps.clock.advance(HOUR_MS);
    const { replayId } = await replay(deps);
    const [copy] = await copies.receive();
    expect(copy).toMatchObject({ body: { kind: 'text', text: 'a' }, attributes: { x: 'y' }, tags: ['t'], replay: { replayId, messageId, enqueuedAtMs: sentAtMs } });
    expect(copy).not.toHaveProperty('dueAtMs');
    expect(copy?.messageId).not.toBe(messageId);
    expect(copy?.enqueuedAtMs).toBe(deps.clock.now());
  });

  it('merges the shards of its window by time: open and closed ones, and those of delayed messages', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    const texts: string[] = [];
    for (let day = 0; day < 5; day += 1) {
      for (const [text, more] of [[`${day} ready`, {}], [`${day} delayed`, { delaySeconds: 30 }]] as const) {
        deps.clock.advance(1000);
        await orders.send(entry(text, more));
        texts.push(text);
      }
      await consume(orders);
      // Longer than a shard may be silent: it is sealed, and another one takes its place.
      deps.clock.advance(13 * HOUR_MS);
    }
    const job = await start(deps);
    expect(Object.keys(job.left).length).toBeGreaterThanOrEqual(6);
    await runReplay(deps, { ...job, turn: forever });
    expect(textsOf(await copies.receiveAll())).toEqual(texts);
  });

  it('copies what is delayed at once, as it copies everything', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await orders.send(entry('next year', { delaySeconds: 31_536_000 }));
    await replay(deps);
    expect(textsOf(await copies.receiveAll())).toEqual(['next year']);
    expect(await orders.receiveAll()).toEqual([]);
  });

  it('begins at a message, by its id, and ends with what was sent before it was started', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    const [, second] = await orders.send('a', 'b', 'c');
    const job = await start(deps, { from: { messageId: second! } });
    await orders.send('later');
    await runReplay(deps, { ...job, turn: forever });
    expect(textsOf(await copies.receiveAll())).toEqual(['b', 'c']);
    expect(await read(deps, job.replayId)).toMatchObject({ total: 2, copied: 2 });
  });

  it('copies thousands in order, in as many appends as they take', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    for (let sends = 0; sends < 5; sends += 1) await orders.send(...entries(500).map((one, at) => ({ ...one, tags: [`${sends * 500 + at}`] })));
    await orders.send(entry('x'.repeat(900_000)), entry('y'.repeat(900_000)));
    expect(await replay(deps)).toMatchObject({ state: 'completed', total: 2502, copied: 2502 });
    const all = await copies.receiveAll();
    expect(all.slice(0, 2500).map(({ tags }) => tags[0])).toEqual(Array.from({ length: 2500 }, (_, at) => `${at}`));
    expect(all.length).toBe(2502);
  });

  it('does not take for gone what an eventual read does not show yet', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await orders.send('a');
    await orders.send('b');
    const job = await start(deps);
    let reads = 0;
    const log: MemoryDeps['log'] = {
      ...deps.log,
      async listSegments(range) {
        reads += 1;
        const shown = await deps.log.listSegments(range);
        if (range.consistent) return shown;
        return reads < 3 ? [] : shown.slice(reads === 3 ? 1 : 0);
      },
    };
    await runReplay({ ...deps, log }, { ...job, turn: forever });
    expect(reads).toBeGreaterThan(3);
    expect(textsOf(await copies.receiveAll())).toEqual(['a', 'b']);
  });

  it('of an empty window is completed at once', async () => {
    const deps = memoryDeps();
    await queuesOf(deps);
    expect(await replay(deps)).toMatchObject({ state: 'completed', total: 0, copied: 0 });
  });

  it('leaves out what has expired', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    await orders.send('old');
    deps.clock.advance(HOUR_MS);
    await orders.send('young');
    const job = await start(deps);
    deps.clock.advance(WEEK_SECONDS * 1000 - HOUR_MS);
    await runReplay(deps, { ...job, turn: forever });
    expect(textsOf(await copies.receiveAll())).toEqual(['young']);
    expect(await read(deps, job.replayId)).toMatchObject({ total: 2, copied: 1, left: {} });
  });

  it('is refused to itself, to or of a queue that is not there, when rewind is off, and at a pace that is none', async () => {
    const deps = memoryDeps();
    await queuesOf(deps);
    const refusal = (more: Partial<StartReplayRequest>) => refusalOf(start(deps, more));
    expect(await refusal({ target: 'orders' })).toBe('malformedRequest');
    expect(await refusal({ target: 'nowhere' })).toBe('queueNotFound');
    expect(await refusal({ name: 'nowhere' })).toBe('queueNotFound');
    expect(await refusal({ name: 'copies', target: 'orders' })).toBe('rewindIsOff');
    expect(await refusal({ from: { atMs: epochMs(0) } })).toBe('rewindOutOfRange');
    expect(await refusal({ from: { messageId: 's1-0' } })).toBe('messageNotFound');
    expect(await refusal({ pace: { speed: 0 } })).toBe('parameterOutOfRange');
    expect(await refusal({ pace: { messagesPerSecond: 1e6 } })).toBe('parameterOutOfRange');
    expect(deps.kicked).toEqual([]);
  });
});

describe('progress', () => {
  it('is read by id and listed, newest first', async () => {
    const deps = memoryDeps();
    await queuesOf(deps);
    const started = [];
    for (let starts = 0; starts < 3; starts += 1) {
      deps.clock.advance(1);
      started.unshift((await start(deps)).replayId);
    }
    expect((await listReplays(deps, { name: 'orders' })).map(({ replayId }) => replayId)).toEqual(started);
    for (const replayId of ['unknown', 'a/b']) expect(await refusalOf(read(deps, replayId))).toBe('replayNotFound');
    expect(await refusalOf(readReplay(deps, { name: 'copies', replayId: started[0]! }))).toBe('replayNotFound');
  });
});

describe('cancelling', () => {
  it('ends it where it is, and again changes nothing', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(100));
    const job = await start(deps);
    await runReplay(deps, { ...job, turn: { untilMs: deps.clock.now() } });
    const cancelled = await cancelReplay(deps, { name: 'orders', replayId: job.replayId });
    expect(cancelled).toMatchObject({ state: 'cancelled', copied: 100 });
    expect(await runReplay(deps, { ...job, turn: forever })).toEqual({ kind: 'ended' });
    expect(await cancelReplay(deps, { name: 'orders', replayId: job.replayId })).toEqual(cancelled);
    expect((await copies.receiveAll()).length).toBe(100);
    expect(await refusalOf(cancelReplay(deps, { name: 'orders', replayId: 'unknown' }))).toBe('replayNotFound');
  });

  it('leaves one that is completed as it is', async () => {
    const deps = memoryDeps();
    await queuesOf(deps);
    const done = await replay(deps);
    expect(await cancelReplay(deps, { name: 'orders', replayId: done.replayId })).toEqual(done);
  });

  it('in the middle of a batch counts what was copied all the same', async () => {
    const deps = memoryDeps();
    const { orders, copies } = await queuesOf(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(1000));
    const job = await start(deps);
    const log: MemoryDeps['log'] = {
      ...deps.log,
      async putSegment(segment) {
        const put = await deps.log.putSegment(segment);
        await cancelReplay(memoryDeps({ world: deps.world }), { name: 'orders', replayId: job.replayId });
        return put;
      },
    };
    await runReplay({ ...deps, log }, { ...job, turn: forever });
    expect(await read(deps, job.replayId)).toMatchObject({ state: 'cancelled', copied: 1000 });
    expect((await copies.receiveAll()).length).toBe(1000);
  });
});

it('goes beside a rewind of the same queue', async () => {
  const deps = memoryDeps();
  const { orders, copies } = await queuesOf(deps);
  const times = await hourly(deps, orders, ['a', 'b']);
  const job = await start(deps);
  await rewind(deps, { from: { atMs: epochMs(times[1]!) } });
  deps.clock.advance(4000);
  await runReplay(deps, { ...job, turn: forever });
  expect(textsOf(await orders.receiveAll())).toEqual(['b']);
  expect(textsOf(await copies.receiveAll())).toEqual(['a', 'b']);
});

describe('history that only the archive has', () => {
  it('is copied as any other, in order with what is still in the table', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const copies = await newQueue(deps, {}, 'copies');
    const texts = Array.from({ length: 300 }, (_, at) => `${at}`);
    for (const text of texts.slice(0, 200)) {
      await orders.send(entry(text, Number(text) % 7 === 0 ? { delaySeconds: 60 } : {}));
      deps.clock.advance(1);
    }
    await cool(deps);
    expect(await segmentsOf(deps)).toEqual([]);
    await orders.send(...texts.slice(200));
    const other = memoryDeps({ world: deps.world });
    const job = await start(other, { from: { atMs: epochMs(deps.clock.now() - 10 * DAY_MS) } });
    for (let turns = 0; (await read(other, job.replayId)).state === 'running'; turns += 1) {
      await runReplay(memoryDeps({ world: deps.world }), { ...job, turn: turns < 3 ? { untilMs: deps.clock.now() } : forever });
    }
    expect(await read(other, job.replayId)).toMatchObject({ state: 'completed', total: 300, copied: 300 });
    expect(textsOf(await copies.receiveAll())).toEqual(texts);
  });

  it('is copied as far as it can be read, and what cannot is reported and passed over', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const copies = await newQueue(deps, {}, 'copies');
    for (const text of ['lost', 'kept']) {
      await orders.send(text);
      deps.clock.advance(2 * HOUR_MS);
    }
    await cool(deps);
    const [first] = await objectsOf(deps);
    await deps.objects.deleteObject(first!);
    const other = memoryDeps({ world: deps.world });
    expect(await replay(other, { from: { atMs: epochMs(deps.clock.now() - 10 * DAY_MS) } })).toMatchObject({ state: 'completed', total: 2, copied: 1 });
    expect(textsOf(await copies.receiveAll())).toEqual(['kept']);
    expect(other.faults).toEqual([expect.any(ObjectUnreadable)]);
  });
});
