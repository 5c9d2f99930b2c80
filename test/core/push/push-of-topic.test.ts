import { describe, expect, it } from 'vitest';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { deleteTopic } from '../../../lib/core/topic/delete-topic.ts';
import { entries, entry } from '../queue-calls.ts';
import { topicCalls } from '../topic-calls.ts';
import { bodiesOf, pushWorld, timesOf } from './push-world.ts';

const filtered = { topic: { filter: { tags: ['paid'] } } };

describe('a push subscription of a topic', () => {
  it('gets what its filter lets through, and nothing else', async () => {
    const { deps, posts, clock, turn, orders } = await pushWorld(filtered);
    await topicCalls(deps).publish(...entries(50), entry('a', { tags: ['paid'] }), ...entries(50), entry('b', { tags: ['paid', 'x'] }), ...entries(9));
    expect(await clock.run(turn())).toEqual({ kind: 'ended' });
    expect(bodiesOf(posts)).toEqual(['a', 'b']);
    expect(await orders.counts()).toMatchObject({ ready: 0, inFlight: 0 });
  });

  it.each([1, 150, 900])('ends at once when %d messages were published and none is for it, also in the next run', async (count) => {
    const { deps, posts, clock, turn, newProcess, incarnation, sinceMs } = await pushWorld(filtered);
    await topicCalls(deps).publish(...entries(count));
    expect(await clock.run(turn())).toEqual({ kind: 'ended' });
    await topicCalls(deps).publish(...entries(count));
    expect(await clock.run(turn())).toEqual({ kind: 'ended' });
    expect(await clock.run(turn(newProcess()))).toEqual({ kind: 'ended' });
    expect(posts).toEqual([]);
    expect(sinceMs()).toBeLessThan(300);
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });

  it('gets a delayed message when it is due, between others', async () => {
    const { deps, posts, runFor } = await pushWorld({ topic: { filter: {} } });
    await topicCalls(deps).publish(entry('later', { delaySeconds: 100 }), entry('soon', { delaySeconds: 7 }), 'now');
    await runFor(300_000);
    expect(['now', 'soon', 'later'].map((body) => timesOf(posts, body))).toEqual([[0], [7000], [100_000]]);
  });

  it('that is rewound gets everything again, once that takes effect', async () => {
    const { deps, posts, runFor, clock, sinceMs } = await pushWorld({ topic: { filter: {}, settings: { rewindSeconds: 3600 } } });
    const fromMs = clock.now();
    await topicCalls(deps).publish('a', 'b');
    await runFor(10_000);
    clock.advance(10_000);
    const rewoundAtMs = sinceMs();
    await rewindQueue(deps, { name: 'orders/merchants', from: { atMs: fromMs } });
    await runFor(60_000);
    expect(bodiesOf(posts)).toEqual(['a', 'a', 'b', 'b']);
    expect(timesOf(posts, 'a')[1]).toBeGreaterThanOrEqual(rewoundAtMs + 3000);
    expect(timesOf(posts, 'a')[1]).toBeLessThan(rewoundAtMs + 3600);
  });

  it('is left alone when it, or its topic, is deleted', async () => {
    const { deps, clock, turn, incarnation } = await pushWorld({ topic: { filter: {} } });

    await deleteTopic(deps, { name: 'orders' });
    expect(await clock.run(turn())).toEqual({ kind: 'ended' });
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });
});
