import { expect, it } from 'vitest';
import type { Deps } from '../../../lib/core/deps.ts';
import { readerMemory } from '../../../lib/core/group/reader-memory.ts';
import { isUnread } from '../../../lib/core/group/served-chains.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf } from '../inside.ts';
import { entry } from '../queue-calls.ts';
import { EFFECTIVE_MS, hourly, rewind, rewindable, undo } from '../rewind-calls.ts';

const QUARTER_HOUR_MS = 900_000;

async function oneMessage(): Promise<MemoryDeps> {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'orders', settings: { visibilityTimeoutSeconds: 3600 } });
  await sendMessages(deps, { name: 'orders', entries: [entry('purged in the meantime')] });
  return deps;
}

/** Others empty the queue while this process stands still. */
async function standStill({ world, clock }: MemoryDeps): Promise<void> {
  await purgeQueue(memoryDeps({ world }), { name: 'orders' });
  clock.advance(QUARTER_HOUR_MS);
}

const receive = (deps: Deps) => receiveMessages(deps, { name: 'orders', maxMessages: 10 });

it('gives out nothing on a record of the group that took long to read', async () => {
  const deps = await oneMessage();
  const reader = memoryDeps({ world: deps.world });
  let reads = 0;
  const frozen: Deps = {
    ...reader,
    leases: { ...reader.leases, putLease: async (lease) => { deps.clock.advance(1500); return reader.leases.putLease(lease); } },
    queues: {
      ...reader.queues,
      async readView(incarnation, options) {
        const view = await reader.queues.readView(incarnation, options);
        reads += 1;
        if (reads === 2) await standStill(deps);
        return view;
      },
    },
  };
  expect(await receive(frozen)).toEqual([]);
  expect(reads).toBe(3);
});

it('reads the record again after a change of the definition that took long', async () => {
  const deps = await oneMessage();
  const changer = memoryDeps({ world: deps.world });
  const frozen: Deps = {
    ...changer,
    queues: {
      ...changer.queues,
      async replaceDefinition(definition) {
        const put = await changer.queues.replaceDefinition(definition);
        await standStill(deps);
        return put;
      },
    },
  };
  await changeQueue(frozen, { name: 'orders', changes: { delaySeconds: 1 } });
  expect(await receive(frozen)).toEqual([]);
});

it('gives out nothing of a selection that was undone while it was looked up how far that goes', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  const [sentAtMs = 0] = await hourly(deps, orders, ['deleted']);
  const { rewindId } = await rewind(deps, { from: { atMs: epochMs(sentAtMs) }, filter: {} });
  const reader = memoryDeps({ world: deps.world });
  let looks = 0;
  const frozen: Deps = {
    ...reader,
    // Of another version of the queue the shards are listed again before the answer.
    leases: {
      ...reader.leases,
      async putLease(lease) {
        await changeQueue(deps, { name: 'orders', changes: { delaySeconds: 1 } });
        deps.clock.advance(1500);
        return reader.leases.putLease(lease);
      },
    },
    queues: {
      ...reader.queues,
      async listRetiredShards(...range) {
        const shards = await reader.queues.listRetiredShards(...range);
        looks += 1;
        if (looks === 2) {
          await undo(deps, rewindId);
          deps.clock.advance(EFFECTIVE_MS);
        }
        return shards;
      },
    },
  };
  expect(await receive(frozen)).toEqual([]);
  expect(looks).toBe(2);
});

it.each([
  { closed: 'before that began', drainedThrough: 9, expected: false },
  { closed: 'after that', drainedThrough: 8, expected: true },
])('of a shard that was closed $closed, what a rewind has left comes to a message without a lease: $expected', async ({ drainedThrough, expected }) => {
  const deps = await oneMessage();
  const { definition, group } = await (await insideOf(deps)).view();
  const nowMs = deps.clock.now();
  await deps.queues.putRetiredShard({ incarnation: definition.incarnation, id: 'closed', version: 9, owner: 'forgotten', bornAtMs: nowMs, retiredAtMs: nowMs, removableAtMs: nowMs });
  const chain = { id: 'left', starts: {}, drainedThrough, drained: [] };
  const left = { chain, side: { kind: 'leftover', rewindId: 'later', chain, reach: { until: {}, wholeThrough: 10, whole: [] } } } as const;
  const view = { definition: { ...definition, version: 10 }, group };
  expect(await isUnread(deps, readerMemory(), view, left, { shard: 'closed', offset: 5 })).toBe(expected);
});
