import { z } from 'zod';
import { publishMessages as run } from '../../core/topic/publish-messages.ts';
import { defineAction, takesNothing } from './action.ts';
import { idempotencyKey, readEntry, renderResult, sentAnswer, wireEntry } from './send-messages.ts';
import { batchAnswer, batchOf } from './shapes/batch.ts';
import { routingKey } from './shapes/routing-key.ts';

const entry = wireEntry.extend({ routingKey: routingKey.exactOptional() }).transform(({ routingKey: key, ...wire }, context) =>
  ({ ...readEntry(wire, context), ...(key !== undefined && { routingKey: key }) }));

export const publishMessages = defineAction({
  ...takesNothing,
  operation: 'publishMessages',
  method: 'POST',
  path: '/v1/topics/{topic}/messages',
  summary: 'Publish messages, in one write, whatever the number of subscriptions.',
  headers: z.object({ 'idempotency-key': idempotencyKey.exactOptional() }),
  body: batchOf(entry),
  replies: { 200: 'One result per entry, in order.' },
  reply: sentAnswer,
  errors: ['topicNotFound', 'queueIsChanging', 'idempotencyKeyReused'],
  entryErrors: ['messageTooLarge'],
  async run(deps, { param, headers, body: { entries } }) {
    const key = headers['idempotency-key'];
    const results = await run(deps, { topic: param('topic'), entries, ...(key !== undefined && { idempotencyKey: key }) });
    return { status: 200, body: batchAnswer(results.map(renderResult)) };
  },
});
