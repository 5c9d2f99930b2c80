import { expect, it } from 'vitest';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { readyLane } from '../../../lib/core/queue/ready-lane.ts';
import { appendToLog } from '../../../lib/core/log/append.ts';
import { tidyShards } from '../../../lib/core/group/tidy-shards.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entries, textsOf } from '../queue-calls.ts';

it('a shard is never sealed in the middle of a segment, however long it seemed empty', async () => {
  const deps = memoryDeps();
  const { queue } = await createQueue(deps, { name: 'orders', settings: {} });
  const view = async () => (await deps.queues.readView(queue.incarnation, { consistent: true }))!;
  const lane = readyLane(deps, await view());
  await lane.grow();
  const [, second] = lane.shards();
  await appendToLog(deps, { ...lane, shards: () => [second!] }, {
    appendId: 'append', messages: entries(3), retentionSeconds: 3600, inlineSegmentBytes: 1000,
  });
  expect(textsOf(await receiveMessages(deps, { name: 'orders', maxMessages: 1 }))).toEqual(['m0']);

  const { group } = await view();
  const memory = deps.memory.readers.get(group.chain.id)!;
  // As a stale read leaves it that was answered after a fresh one.
  memory.shards.get(second!.id)!.emptySinceMs = epochMs(deps.clock.now() - 60_000);
  await tidyShards({ ...deps, system: { ...deps.system, random: () => 0 } }, await view(), memory);

  const rest = await Promise.all([1, 2, 3].map(() => receiveMessages(memoryDeps({ world: deps.world }), { name: 'orders', maxMessages: 10 })));
  expect(textsOf(rest.flat())).toEqual(['m1', 'm2']);
});
