import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { expiringWorld } from '../cruel-worlds.ts';
import { withTable } from '../inside.ts';
import { entry, textsOf } from '../queue-calls.ts';
import { consume, HOUR_MS, WEEK_SECONDS } from '../rewind-calls.ts';
import { newTopic, subscriptionCalls, topicCalls } from '../topic-calls.ts';

const later = (text: string) => entry(text, { delaySeconds: 1 });

/** A publisher that dies once it has noted that a shard of delayed messages is closed, before the group leaves it. */
const dyingPublisher = (deps: MemoryDeps) => topicCalls(withTable(deps.world, (table) => ({
  async put(item, condition) {
    if (item.sk === 'G') throw new StoreUnavailable('the publisher is gone', { outcome: 'refused' });
    return table.put(item, condition);
  },
})));

/** A topic whose only shard of delayed messages is closed, noted, and still the group's. */
async function withShardHalfLeft(deps: MemoryDeps) {
  const orders = await newTopic(deps, { rewindSeconds: WEEK_SECONDS });
  await orders.publish(later('first'));
  deps.clock.advance(10_000);
  const sentAtMs = deps.clock.now();
  await orders.publish(later('in the shard'));
  deps.clock.advance(13 * HOUR_MS);
  await expect(dyingPublisher(deps).publish(later('lost'))).rejects.toThrow(StoreUnavailable);
  return { orders, sentAtMs };
}

it('gives a new subscription what lies in a shard that was half left when it began', async () => {
  const deps = memoryDeps();
  const { orders, sentAtMs } = await withShardHalfLeft(deps);
  const risk = await orders.subscribe('risk', { from: { atMs: epochMs(sentAtMs) } });
  await orders.publish(later('after'));
  deps.clock.advance(10_000);
  expect(await consume(risk)).toEqual(['after', 'in the shard']);
});

describe('a publication of long ago comes when it is due, though nobody looked in between', () => {
  const DAY_MS = 24 * HOUR_MS;

  it.each([
    { published: 'with a new topic', dueInDays: 40, isFirst: true }, { published: 'among others', dueInDays: 800, isFirst: false },
  ])('published $published, due in $dueInDays days', async ({ dueInDays, isFirst }) => {
    const { world, expire } = expiringWorld();
    const deps = memoryDeps({ world });
    const orders = await newTopic(deps);
    await orders.subscribe('risk');
    if (!isFirst) await orders.publish(later('makes the shard'));
    deps.clock.advance(isFirst ? 0 : 10_000);
    await orders.publish(entry('long ago', { delaySeconds: dueInDays * DAY_MS / 1000 }));
    // Both of the topic's shards are replaced.
    deps.clock.advance(13 * HOUR_MS);
    await orders.publish('ready', later('delayed'));
    deps.clock.advance((dueInDays - 1) * DAY_MS);
    for (const pk of ['l/', 'q/', 'c/', 'a/']) await expire(pk);
    const risk = subscriptionCalls(memoryDeps({ world }), 'risk');
    expect(textsOf(await risk.receiveAll())).toEqual([]);
    deps.clock.advance(2 * DAY_MS);
    expect(textsOf(await risk.receiveAll())).toEqual(['long ago']);
  });
});
