import { describe, expect, it } from 'vitest';
import { archiveQueues, readArchiveRequest } from '../../lib/housekeeping/archive-queues.ts';
import { DAY_MS, HOUR_MS } from '../core/archive/cold.ts';
import { entries, entry, newQueue, refusalOf } from '../core/queue-calls.ts';
import { newTopic } from '../core/topic-calls.ts';
import { memoryDeps } from '../support/memory-deps.ts';

const month = { retentionSeconds: 30 * 86_400 };

describe('a turn of the archiver', () => {
  it('goes through all queues whose history outlives the table', async () => {
    const deps = memoryDeps();
    for (const name of ['a', 'b', 'c']) await (await newQueue(deps, month, name)).send(...entries(2));
    await (await newQueue(deps, {}, 'short')).send(...entries(2));
    deps.clock.advance(2 * DAY_MS);
    expect(await archiveQueues(deps, { turnMs: HOUR_MS })).toEqual({
      queues: 3, objects: 3, messages: 6, unreadable: 0, extended: 0, failed: 0, lagSeconds: 0,
    });
  });

  it('goes through topics too, under a name that no queue has', async () => {
    const deps = memoryDeps();
    const orders = await newTopic(deps, month);
    const all = await orders.subscribe('all');
    await orders.publish(entry('keyed', { routingKey: 'eu.paid' }));
    deps.clock.advance(2 * DAY_MS);
    expect(await archiveQueues(deps, { turnMs: HOUR_MS, queue: 'topic.orders' })).toMatchObject({ queues: 1, objects: 1, messages: 1 });
    const { incarnation } = (await deps.queues.readName('topic', 'orders'))!;
    const shard = (await deps.queues.readView(incarnation, { consistent: true }))!.definition.shards[0]!.id;
    expect(await deps.archive.lastManifest({ log: incarnation, shard }, 0)).toMatchObject({ objectKey: expect.stringContaining('/queue=topic.orders/') });
    deps.clock.advance(10 * DAY_MS);
    expect((await all.receive()).map(({ routingKey }) => routingKey)).toEqual(['eu.paid']);
  });

  it('passes over a queue that fails, and tells of it', async () => {
    const deps = memoryDeps();
    for (const name of ['bad', 'good']) await (await newQueue(deps, month, name)).send(...entries(2));
    deps.clock.advance(2 * DAY_MS);
    const bad = await deps.queues.readName('queue', 'bad');
    const log: typeof deps.log = {
      ...deps.log,
      listSegments: async (range) => {
        if (range.log === bad?.incarnation) throw new Error('a fault');
        return deps.log.listSegments(range);
      },
    };
    expect(await archiveQueues({ ...deps, log }, { turnMs: HOUR_MS })).toMatchObject({ queues: 2, messages: 2, failed: 1 });
    expect(deps.faults).toEqual([new Error('a fault')]);
  });

  it('refuses a queue that is not there', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'short');
    expect(await refusalOf(archiveQueues(deps, { turnMs: HOUR_MS, queue: 'shirt' }))).toBe('queueNotFound');
    expect(await archiveQueues(deps, { turnMs: HOUR_MS, queue: 'short' })).toMatchObject({ queues: 0 });
  });

  it('hears a queue and an age from whoever starts it by hand, and nothing from a schedule', () => {
    expect(readArchiveRequest({ queue: 'orders', olderThanSeconds: 90 })).toEqual({ queue: 'orders', olderThanMs: 90_000 });
    expect(readArchiveRequest({ olderThanSeconds: 0 })).toEqual({ olderThanMs: 0 });
    expect([{ 'detail-type': 'Scheduled Event', source: 'aws.events' }, undefined, null, {}].map(readArchiveRequest)).toEqual([{}, {}, {}, {}]);
  });

  it.each([
    ['x', 'malformedRequest', 'body'], [[], 'malformedRequest', 'body'], [{ queue: 5 }, 'malformedRequest', 'queue'],
    [{ que: 'a' }, 'malformedRequest', 'que'], [{ olderThanSeconds: '0' }, 'malformedRequest', 'olderThanSeconds'],
    [{ olderThanSeconds: -5 }, 'parameterOutOfRange', 'olderThanSeconds'], [{ olderThanSeconds: 1e12 }, 'parameterOutOfRange', 'olderThanSeconds'],
  ])('refuses to guess what is meant: %j', (said, kind, field) => {
    expect(() => readArchiveRequest(said)).toThrow(expect.objectContaining({ kind, details: expect.objectContaining({ field }) as object }) as Error);
  });
});
