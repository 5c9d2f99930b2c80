import { expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import type { QueueView } from '../../../lib/core/ports/queue-table.ts';
import { leaseKey } from '../../../lib/storage/items/keys.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, textsOf } from '../queue-calls.ts';

const HOUR_MS = 3_600_000;

it('a consumer that was idle for days does not go on where leases have expired since', async () => {
  const idle = memoryDeps();
  const { world, clock } = idle;
  const send = () => sendMessages(memoryDeps({ world }), { name: 'orders', entries: [entry(`at ${clock.now()}`)] });
  const receive = (deps: typeof idle) => receiveMessages(deps, { name: 'orders', maxMessages: 100 });
  const { queue } = await createQueue(idle, { name: 'orders', settings: { retentionSeconds: 86_400 } });
  await send();
  const [first] = await receive(idle);
  await deleteMessages(idle, { name: 'orders', entries: [{ receiptHandle: first!.receiptHandle }] });

  for (let hours = 0; hours < 72; hours += 6) {
    clock.advance(6 * HOUR_MS);
    await send();
  }
  await expireFirstLease(await idle.queues.readView(queue.incarnation, { consistent: true }));

  const got = await receive(memoryDeps({ world }));
  expect(got).toHaveLength(4);
  expect(textsOf(await receive(idle))).toEqual([]);

  async function expireFirstLease(view: QueueView | undefined): Promise<void> {
    const key = leaseKey({ chain: view!.group.chain.id, shard: view!.definition.shards[0]!.id, first: 0 });
    const item = await world.table.get(key, { consistent: true });
    expect(item!['ttl']).toBeLessThan(clock.now() / 1000);
    await world.table.remove(key);
  }
});
