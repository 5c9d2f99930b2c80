import { expect, it } from 'vitest';
import type { Deps } from '../../../lib/core/deps.ts';
import { processMemory } from '../../../lib/core/process-memory.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, textsOf } from '../queue-calls.ts';

it('a message sent right after a purge is cancelled where it is, whatever the process remembers', async () => {
  const deps = memoryDeps();
  const { world, clock } = deps;
  await createQueue(deps, { name: 'orders', settings: {} });
  const canceller = memoryDeps({ world });
  await receiveMessages(canceller, { name: 'orders', maxMessages: 1 });
  await purgeQueue(deps, { name: 'orders' });
  const [sent] = await sendMessages(deps, { name: 'orders', entries: [entry('later', { delaySeconds: 5 })] });
  const messageId = sent?.kind === 'sent' ? sent.messageId : '';
  expect(await deleteMessages(canceller, { name: 'orders', entries: [{ messageId }] })).toEqual([{ kind: 'deleted' }]);
  clock.advance(10_000);
  expect(textsOf(await receiveMessages(memoryDeps({ world }), { name: 'orders', maxMessages: 10, waitSeconds: 5 }))).toEqual([]);
});

it('a handle is not taken for one from before a purge because the record took long to read', async () => {
  const deps = memoryDeps();
  const { world, clock } = deps;
  await createQueue(deps, { name: 'orders', settings: { visibilityTimeoutSeconds: 3600 } });
  const reader = memoryDeps({ world });
  let handle = '';
  let isFirst = true;
  const frozen: Deps = {
    ...reader,
    queues: {
      ...reader.queues,
      async readView(incarnation, options) {
        const view = await reader.queues.readView(incarnation, options);
        if (!isFirst) return view;
        isFirst = false;
        await purgeQueue(deps, { name: 'orders' });
        await sendMessages(deps, { name: 'orders', entries: [entry('a')] });
        clock.advance(5000);
        handle = (await receiveMessages(deps, { name: 'orders', maxMessages: 1 }))[0]!.receiptHandle;
        return view;
      },
    },
  };
  // Any request of it begins with the record; the handle is known only once that was read.
  await deleteMessages(frozen, { name: 'orders', entries: [{ get receiptHandle() { return handle; } }] });
  clock.advance(3_601_000);
  expect(textsOf(await receiveMessages(memoryDeps({ world }), { name: 'orders', maxMessages: 10, waitSeconds: 5 }))).toEqual([]);
});

it('who knows of a purge forgets it by no read that does not know it yet, however long that lasts', async () => {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'orders', settings: {} });
  await sendMessages(deps, { name: 'orders', entries: [entry('before')] });
  const { incarnation } = (await deps.queues.readName('queue', 'orders'))!;
  const before = await deps.queues.readView(incarnation, { consistent: true });
  const lagging: Deps = {
    ...deps, queues: { ...deps.queues, readView: async (of, options) => (options.consistent ? deps.queues.readView(of, options) : before) },
  };
  expect(textsOf(await receiveMessages({ ...lagging, memory: processMemory() }, { name: 'orders', maxMessages: 1, visibilityTimeoutSeconds: 1 }))).toEqual(['before']);
  await purgeQueue(lagging, { name: 'orders' });
  deps.clock.advance(5000);
  expect(await receiveMessages(lagging, { name: 'orders', maxMessages: 1 })).toEqual([]);
});
