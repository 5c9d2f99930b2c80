import { expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { withTable } from '../inside.ts';
import { entry } from '../queue-calls.ts';
import { consume, HOUR_MS, WEEK_SECONDS } from '../rewind-calls.ts';
import { newTopic, topicCalls } from '../topic-calls.ts';

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
