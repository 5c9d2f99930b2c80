import { describe, expect, it } from 'vitest';
import { ObjectUnreadable, StoreUnavailable } from '../../../lib/core/errors.ts';
import type { ObjectStore } from '../../../lib/core/ports/object-store.ts';
import type { SegmentArchive } from '../../../lib/core/ports/segment-archive.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { bounds } from '../../../lib/core/timing.ts';
import { archiveQueues } from '../../../lib/housekeeping/archive-queues.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, faultyDeps, newQueue, throughOther } from '../queue-calls.ts';
import { consume } from '../rewind-calls.ts';
import { archive, DAY_MS, expire, HOUR_MS, longLived, objectsOf, segmentsOf } from './cold.ts';

/** Messages of so many hours, ten in each, in two sends. */
async function hours(deps: MemoryDeps, count: number, name?: string): Promise<void> {
  const orders = throughOther(deps, name);
  for (let at = 0; at < count; at += 1) {
    await orders.send(...entries(5));
    await orders.send(...entries(5));
    deps.clock.advance(HOUR_MS);
  }
}

/** Another process, with an object store of the test's own. */
const withObjects = (deps: MemoryDeps, change: (inner: ObjectStore) => Partial<ObjectStore>): MemoryDeps =>
  memoryDeps({ world: { ...deps.world, objects: { ...deps.objects, ...change(deps.objects) } } });

describe('the archiver', () => {
  it('makes one object of each hour and shard, in order, a day later', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    await hours(deps, 5);
    deps.clock.advance(DAY_MS - 3 * HOUR_MS);
    expect(await archive(deps)).toMatchObject({ queues: 1, objects: 2, messages: 20, lagSeconds: 0, failed: 0 });
    deps.clock.advance(3 * HOUR_MS);
    expect(await archive(deps)).toMatchObject({ objects: 3, messages: 30 });
    const [segment] = await segmentsOf(deps);
    expect(await objectsOf(deps)).toEqual([22, 23, 24, 25, 26].map((hour, at) =>
      `archive/31d/queue=orders/hour=2023-11-${14 + Math.floor(hour / 24)}T${String(hour % 24).padStart(2, '0')}/${segment!.shard}-${at * 10}.parquet`));
    expect(await archive(deps)).toMatchObject({ objects: 0, messages: 0 });
  });

  it('waits for the end of an hour, so that it is not spread over several objects', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    await hours(deps, 1);
    const endOfHourMs = HOUR_MS - (deps.clock.now() % HOUR_MS);
    deps.clock.advance(DAY_MS - HOUR_MS + endOfHourMs - 1);
    expect(await archive(deps)).toMatchObject({ objects: 0 });
    deps.clock.advance(1);
    expect(await archive(deps)).toMatchObject({ objects: 1, messages: 10 });
  });

  it('takes what is younger when told to', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    await throughOther(deps).send(...entries(3));
    deps.clock.advance(1);
    expect(await archive(deps, { olderThanMs: 0 })).toMatchObject({ objects: 1, messages: 3 });
    await throughOther(deps).send(...entries(4));
    deps.clock.advance(1);
    expect(await archive(deps, { olderThanMs: 0, queue: 'orders' })).toMatchObject({ objects: 1, messages: 4 });
  });

  it('keeps messages apart that are to be kept for different times', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...entries(2));
    await changeQueue(deps, { name: 'orders', changes: { retentionSeconds: 300 * 86_400 } });
    await throughOther(deps).send(...entries(3));
    deps.clock.advance(2 * DAY_MS);
    expect(await archive(deps)).toMatchObject({ objects: 2, messages: 5 });
    expect((await objectsOf(deps)).map((key) => key.split('/')[1])).toEqual(['31d', '366d']);
  });

  it('also takes what former shards, and shards of delayed messages, have', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send('a');
    deps.clock.advance(13 * HOUR_MS);
    await orders.send('b');
    await orders.send(...entries(3, { delaySeconds: 100 * 86_400 }));
    deps.clock.advance(2 * DAY_MS);
    expect(await archive(deps)).toMatchObject({ objects: 3, messages: 5 });
  });

  it('costs a queue nothing that has no history beyond the table', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 4 * 86_400 });
    await orders.send(...entries(10));
    deps.clock.advance(2 * DAY_MS);
    // The lists of queues and of topics, and the queue's record.
    expect(await costOf(deps, () => archive(deps))).toMatchObject({ requests: 3, writeUnits: 0, objectPuts: 0 });
  });
});

describe('a crash', () => {
  it.each(['before', 'after'] as const)('between object and manifest loses nothing and leaves no double rows (%s the write)', async (fault) => {
    const { deps, table } = faultyDeps();
    await longLived(deps);
    await hours(deps, 2);
    deps.clock.advance(2 * DAY_MS);
    table.fail({ fault, method: 'put', pkPrefix: 'l/' });
    expect(await archive(deps)).toMatchObject({ failed: 1 });
    expect(deps.faults).toEqual([expect.any(StoreUnavailable)]);
    const written: string[] = [];
    const next = withObjects(deps, (inner) => ({
      async putObjectIfAbsent(key, bytes) {
        const put = await inner.putObjectIfAbsent(key, bytes);
        if (put === 'landed') written.push(key);
        return put;
      },
    }));
    expect(await archive(next)).toMatchObject({ failed: 0, messages: fault === 'before' ? 20 : 10 });
    const objects = await objectsOf(deps);
    expect(objects).toHaveLength(2);
    expect(written).toEqual([objects[1]]);
    deps.clock.advance(7 * DAY_MS);
    expect(await expire(deps)).toBe(4);
    expect(await consume(throughOther(deps))).toHaveLength(20);
  });

  it('leaves an object that is adopted with what it has, and the rest goes into the next', async () => {
    const { deps, table } = faultyDeps();
    await longLived(deps);
    const orders = throughOther(deps);
    await orders.send(...entries(5));
    deps.clock.advance(1);
    table.fail({ fault: 'before', method: 'put', pkPrefix: 'l/' });
    expect(await archive(deps, { olderThanMs: 0 })).toMatchObject({ failed: 1 });
    await orders.send(...entries(7));
    deps.clock.advance(1);
    expect(await archive(deps, { olderThanMs: 0 })).toMatchObject({ objects: 2, messages: 12, failed: 0 });
    expect(await objectsOf(deps)).toHaveLength(2);
    deps.clock.advance(9 * DAY_MS);
    await expire(deps);
    expect(await consume(throughOther(deps))).toHaveLength(12);
  });

  it('of two archivers at once neither does harm', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    await hours(deps, 4);
    deps.clock.advance(2 * DAY_MS);
    const archivers = [deps, ...Array.from({ length: 3 }, () => memoryDeps({ world: deps.world }))];
    const done = await Promise.all(archivers.map((one) => archive(one)));
    expect(done.every(({ failed }) => failed === 0)).toBe(true);
    const manifests = await objectsOf(deps);
    expect(new Set(manifests).size).toBe(4);
    deps.clock.advance(7 * DAY_MS);
    await expire(deps);
    expect(await consume(throughOther(deps))).toHaveLength(40);
  });

  it('is not mended over a damaged object: that is reported, and the table keeps what it would have', async () => {
    const { deps, table } = faultyDeps();
    await longLived(deps);
    await hours(deps, 1);
    deps.clock.advance(2 * DAY_MS);
    const keys: string[] = [];
    const watched = withObjects(deps, (inner) => ({
      async putObjectIfAbsent(key, bytes) {
        keys.push(key);
        return inner.putObjectIfAbsent(key, bytes);
      },
    }));
    table.fail({ fault: 'before', method: 'put', pkPrefix: 'l/' });
    await archive(watched);
    await deps.objects.putObject(keys[0]!, Uint8Array.of(1, 2, 3));
    const next = memoryDeps({ world: deps.world });
    expect(await archive(next)).toMatchObject({ failed: 1, lagSeconds: 90_000 });
    expect(next.faults).toEqual([expect.any(ObjectUnreadable)]);
    await deps.objects.deleteObject(keys[0]!);
    expect(await archive(next)).toMatchObject({ failed: 0, messages: 10, lagSeconds: 0 });
  });
});

describe('an archiver that is behind', () => {
  it('says by how much, and goes on where its time was over', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    await hours(deps, 4);
    deps.clock.advance(2 * DAY_MS);
    const slow = withObjects(deps, (inner) => ({
      async putObjectIfAbsent(key, bytes) {
        deps.clock.advance(2 * HOUR_MS);
        return inner.putObjectIfAbsent(key, bytes);
      },
    }));
    expect(await archive(slow)).toMatchObject({ objects: 1, messages: 10, lagSeconds: 86_400 + 3 * 3600, extended: 0 });
    expect(await archive(deps)).toMatchObject({ objects: 3, messages: 30, lagSeconds: 0 });
  });

  it('lets what it leaves live longer, when it would be gone soon', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    await hours(deps, 2);
    deps.clock.advance(4 * DAY_MS);
    const broken = withObjects(deps, () => ({
      putObjectIfAbsent: async () => { throw new StoreUnavailable('the bucket did not answer', { outcome: 'unknown' }); },
    }));
    expect(await archive(broken)).toMatchObject({ failed: 1, extended: 4 });
    expect(await archive(broken)).toMatchObject({ failed: 1, extended: 0 });
    deps.clock.advance(7 * DAY_MS);
    expect(await expire(deps)).toBe(0);
    expect(await archive(deps)).toMatchObject({ failed: 0, messages: 20 });
    deps.clock.advance(2 * DAY_MS);
    expect(await expire(deps)).toBe(4);
    expect(await consume(throughOther(deps))).toHaveLength(20);
  });

  it('extends nothing beyond the end of its history', async () => {
    const deps = memoryDeps();
    await longLived(deps, { retentionSeconds: 8 * 86_400, rewindSeconds: 0 });
    await hours(deps, 1);
    deps.clock.advance(6 * DAY_MS);
    const broken = withObjects(deps, () => ({
      putObjectIfAbsent: async () => { throw new StoreUnavailable('the bucket did not answer', { outcome: 'unknown' }); },
    }));
    const [before] = await segmentsOf(deps);
    expect(await archive(broken)).toMatchObject({ extended: 2 });
    const [after] = await segmentsOf(deps);
    expect(after!.removableAtMs).toBe(before!.removableAtMs + DAY_MS);
  });

  it('passes over what cannot be read, and says so', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps, { inlineSegmentBytes: 0 });
    await orders.send('a');
    await orders.send('lost');
    await orders.send('b');
    const [, lost] = await segmentsOf(deps);
    await deps.objects.deleteObject(lost?.body.kind === 'object' ? lost.body.objectKey : '');
    deps.clock.advance(2 * DAY_MS);
    expect(await archive(deps)).toMatchObject({ objects: 2, messages: 2, unreadable: 1, failed: 0 });
    expect(deps.faults).toEqual([expect.any(ObjectUnreadable)]);
    deps.clock.advance(7 * DAY_MS);
    await expire(deps);
    expect(await consume(throughOther(deps))).toEqual(['a', 'b']);
  });

  it('holds one file, one row group and one segment, however much waits', async () => {
    const deps = memoryDeps();
    await longLived(deps, { inlineSegmentBytes: 0 });
    const orders = throughOther(deps);
    const text = 'x'.repeat(2000);
    for (let at = 0; at < 60; at += 1) await orders.send(...entries(500).map((one) => ({ ...one, body: { kind: 'text', text } as const })));
    deps.clock.advance(5 * DAY_MS);
    const held = { files: 0, filesMost: 0, bytesMost: 0 };
    const archiveFiles: SegmentArchive = {
      ...deps.archiveFiles,
      beginFile(of) {
        const writer = deps.archiveFiles.beginFile(of);
        held.files += 1;
        held.filesMost = Math.max(held.filesMost, held.files);
        return {
          add(archived) {
            writer.add(archived);
            held.bytesMost = Math.max(held.bytesMost, writer.bytes());
          },
          bytes: () => writer.bytes(),
          rowGroups: () => writer.rowGroups(),
          finish() {
            held.files -= 1;
            return writer.finish();
          },
        };
      },
    };
    const watched = { ...memoryDeps({ world: deps.world }), archiveFiles };
    expect(await archiveQueues(watched, { turnMs: HOUR_MS })).toMatchObject({ messages: 30_000 });
    expect(held.filesMost).toBe(1);
    expect(held.bytesMost).toBeLessThan(bounds.archiveObjectBytes);
    // Nothing of it stays behind in the caches of the process.
    expect([watched.memory.segments.size, watched.memory.rowGroups.size, watched.memory.files.size]).toEqual([0, 0, 0]);
  });
});
