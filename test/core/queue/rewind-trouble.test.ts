import { describe, expect, it } from 'vitest';
import type { Deps } from '../../../lib/core/deps.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { segmentKey } from '../../../lib/storage/items/keys.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf } from '../inside.ts';
import { entry, textsOf, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, rewind, rewindable, rewindTo } from '../rewind-calls.ts';

/** What the simulation found, each as small as it goes: docs/simulation.md tells of them. */

describe('in a shard of delayed messages that a rewound chain reads in order', () => {
  it('the lease is looked at in time, also when the segment that it begins with has expired', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    const startMs = deps.clock.now();
    await orders.send(entry('soon', { delaySeconds: 5 }));
    await orders.send(entry('later', { delaySeconds: 600 }));
    await rewindTo(deps, startMs);
    deps.clock.advance(EFFECTIVE_MS);
    await orders.receive();
    deps.clock.advance(10_000);
    expect(await consume(orders)).toEqual(['soon']);
    // The alarm is put where the rest falls due.
    for (let looks = 0; looks < 10; looks += 1) { deps.clock.advance(2500); await orders.receive(); }
    await removeFirstDelayed(deps);
    deps.clock.advance(startMs + 600_000 - deps.clock.now());
    expect(await consume(throughOther(deps))).toEqual(['later']);
  });
});

describe('a shard of delayed messages', () => {
  it('that took an append after it was noted is found by a rewind', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await diesAfterNote(deps);
    // The version that the note waits for comes by another change.
    await changeQueue(deps, { name: 'orders', changes: { visibilityTimeoutSeconds: 20 } });
    deps.clock.advance(3_600_000);
    const startMs = deps.clock.now();
    await orders.send(entry('delayed', { delaySeconds: 5 }));
    deps.clock.advance(5000);
    expect(await consume(orders)).toEqual(['delayed']);
    await rewindTo(deps, startMs);
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(throughOther(deps))).toEqual(['delayed']);
  });

  it('whose note was put by somebody who died is closed for a purge all the same', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send(entry('delayed', { delaySeconds: 30 }));
    await diesAfterNote(deps);
    await purgeQueue(deps, { name: 'orders' });
    await orders.send('makes the shards grow');
    await rewind(deps, { from: { atMs: epochMs(deps.clock.now()) } }).catch(() => {});
    deps.clock.advance(60_000);
    expect(await consume(throughOther(deps))).toEqual(['makes the shards grow']);
  });

  it('that a sender finds closed while a purge runs is not noted a second time', async () => {
    const deps = memoryDeps();
    const orders = await rewindable(deps);
    await orders.send(entry('purged', { delaySeconds: 30 }));
    const sender = throughOther(deps);
    await sender.send(entry('purged too', { delaySeconds: 30 }));
    let writes = 0;
    const slow: Deps = {
      ...deps,
      queues: {
        ...deps.queues,
        async replaceGroup(group, seenWriteId) {
          writes += 1;
          // Between the seal and the write: the sender is refused, and goes on in a shard of its own.
          if (writes === 1) await sender.send(entry('meanwhile', { delaySeconds: 30 }));
          return deps.queues.replaceGroup(group, seenWriteId);
        },
      },
    };
    await purgeQueue(slow, { name: 'orders' });
    const { incarnation } = await insideOf(deps);
    const retired = await deps.queues.listRetiredShards(incarnation, 0, 100);
    expect(new Set(retired.map(({ id }) => id)).size).toBe(retired.length);
    deps.clock.advance(60_000);
    expect(textsOf(await throughOther(deps).receiveAll())).toEqual([]);
  });
});

it('a message sent for later while a rewind takes effect is cancelled for good', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  await rewindTo(deps, deps.clock.now());
  const [messageId] = await orders.send(entry('delayed', { delaySeconds: 10 }));
  expect(await orders.delete([{ messageId: messageId! }])).toEqual(['deleted']);
  deps.clock.advance(60_000);
  expect(await consume(throughOther(deps))).toEqual([]);
});

it('a selection over a window that takes long to look through ends its look', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  const startMs = epochMs(deps.clock.now());
  for (let sends = 0; sends < 20; sends += 1) await orders.send(`m${sends}`);
  await consume(orders);
  await rewind(deps, { from: { atMs: startMs }, filter: { outcome: 'deleted' } });
  const slow = memoryDeps({ world: deps.world });
  const { lastLease } = slow.leases;
  Object.assign(slow.leases, { lastLease: async (...asked: Parameters<typeof lastLease>) => { deps.clock.advance(200); return lastLease(...asked); } });
  const received = [];
  for (let looks = 0; looks < 20 && received.length < 20; looks += 1) {
    received.push(...await receiveMessages(slow, { name: 'orders', maxMessages: 20 }));
    deps.clock.advance(2000);
  }
  expect(new Set(textsOf(received)).size).toBe(20);
});

/** As TTL does when its message has expired. */
async function removeFirstDelayed(deps: MemoryDeps): Promise<void> {
  const { incarnation: log, view } = await insideOf(deps);
  for (const shard of Object.keys((await view()).group.chain.starts)) {
    const [first] = await deps.log.listSegments({ log, shard, from: 0, limit: 1, consistent: true });
    if (first?.lastDueAtMs !== undefined) await deps.world.table.remove(segmentKey(first));
  }
}

/** A rewind that comes as far as its first note. */
async function diesAfterNote(deps: MemoryDeps): Promise<void> {
  const dying: Deps = { ...deps, queues: { ...deps.queues, replaceDefinition: () => { throw new Error('died'); } } };
  await expect(rewindQueue(dying, { name: 'orders', from: { atMs: epochMs(deps.clock.now()) } })).rejects.toThrow('died');
}
