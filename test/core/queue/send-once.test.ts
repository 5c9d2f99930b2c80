import { expect, it } from 'vitest';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, outcomesOf, refusalOf } from '../queue-calls.ts';

/** A repeat under an idempotency key, when the queue's own delay has changed since. */
it.each([
  ['from 0', 0, 5, [entry('a'), entry('b')]],
  ['to 0', 5, 0, [entry('a'), entry('b')]],
  ['to 0 with an entry that has its own', 5, 0, [entry('a'), entry('b', { delaySeconds: 0 })]],
  ['from 0 with an entry that has its own', 0, 5, [entry('a'), entry('b', { delaySeconds: 9 })]],
  ['to 0 with an entry that is ready', 5, 0, [entry('a'), entry('b', { delaySeconds: 9 })]],
])('never answers for messages that were not sent, nor sends twice: %s', async (_, before, after, entries) => {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'orders', settings: { delaySeconds: before } });
  const request = { name: 'orders', entries, idempotencyKey: 'key' };
  expect(outcomesOf(await sendMessages(deps, request))).toEqual(['sent', 'sent']);
  await changeQueue(deps, { name: 'orders', changes: { delaySeconds: after } });
  expect(await refusalOf(sendMessages(deps, request))).toBe('idempotencyKeyReused');
});
