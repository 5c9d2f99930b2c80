import { expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { msAfter } from '../../../lib/core/time.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';

it('two senders that meet at one place with the same due time both have an alarm in the end', async () => {
  const first = memoryDeps();
  const second = memoryDeps({ world: first.world });
  await createQueue(first, { name: 'orders', settings: {} });
  const deliverAtMs = msAfter(first.clock.now(), 5000);
  const sendAt = (deps: typeof first, text: string) => sendMessages(deps, {
    name: 'orders', entries: [{ body: { kind: 'text', text }, attributes: {}, tags: [], deliverAtMs }],
  });
  await sendAt(second, 'so that the second knows the tail');
  await sendAt(first, 'at the place');
  await sendAt(second, 'first at the same place, then behind it');

  first.clock.advance(6000);
  const third = memoryDeps({ world: first.world });
  const got = [];
  for (let polls = 0; polls < 5; polls += 1) {
    got.push(...await receiveMessages(third, { name: 'orders', maxMessages: 10 }));
    first.clock.advance(100);
  }
  expect(got).toHaveLength(3);
});

it('a repeat that did not see its first try land does not bring it back after a purge', async () => {
  const first = memoryDeps();
  const { world, clock } = first;
  await createQueue(first, { name: 'orders', settings: {} });
  const request = {
    name: 'orders', idempotencyKey: 'key',
    entries: [{ body: { kind: 'text', text: 'purged' } as const, attributes: {}, tags: [], delaySeconds: 5 }],
  };
  await sendMessages(first, request);
  await purgeQueue(memoryDeps({ world }), { name: 'orders' });
  const repeater = memoryDeps({ world });
  await sendMessages({ ...repeater, log: { ...repeater.log, segmentAt: async () => undefined } }, request);

  const third = memoryDeps({ world });
  for (let polls = 0; polls < 20; polls += 1) {
    expect(await receiveMessages(third, { name: 'orders', maxMessages: 10 })).toEqual([]);
    clock.advance(1000);
  }
});
