import { z } from 'zod';
import { limits } from '../../core/limits.ts';
import { sendMessages as run, type SendEntry, type SendResult } from '../../core/queue/send-messages.ts';
import { defineAction, takesNothing } from './action.ts';
import { attributes } from './shapes/attributes.ts';
import { batchAnswer, batchAnswerOf, batchOf, renderFailure } from './shapes/batch.ts';
import { boundedList, boundedText, wholeNumber } from './shapes/bounded.ts';
import { instant, instantAnswer, renderInstant } from './shapes/instant.ts';
import { foreignField, laterField } from './shapes/later.ts';
import { bodyEncoding, parseBody } from './shapes/message-body.ts';

/** A message on its way in, to a queue or to a topic. */
export const wireEntry = z.strictObject({
  body: z.string().meta({ description: `At most ${limits.messageBytes.max} bytes once decoded, and what the queue allows.` }),
  encoding: bodyEncoding.exactOptional(),
  attributes: attributes.exactOptional(),
  tags: boundedList('tagCount', boundedText('tagLength')).exactOptional(),
  delaySeconds: wholeNumber('delaySeconds').exactOptional(),
  deliverAt: instant.exactOptional(),
  routingKey: foreignField('is for messages of a topic'),
  groupId: laterField(),
  deduplicationId: laterField(),
});

/** @returns NEVER, with the issue noted, for what no single field can tell */
export function readEntry(wire: z.output<typeof wireEntry>, context: z.RefinementCtx): SendEntry {
  const body = parseBody({ body: wire.body, encoding: wire.encoding ?? 'text' });
  if (typeof body === 'string') {
    context.issues.push({ code: 'custom', input: wire, path: ['body'], message: body });
    return z.NEVER;
  }
  if (wire.delaySeconds !== undefined && wire.deliverAt !== undefined) {
    context.issues.push({ code: 'custom', input: wire, path: ['deliverAt'], message: 'and delaySeconds exclude each other' });
    return z.NEVER;
  }
  return {
    body,
    attributes: wire.attributes ?? {},
    tags: wire.tags ?? [],
    ...(wire.delaySeconds !== undefined && { delaySeconds: wire.delaySeconds }),
    ...(wire.deliverAt !== undefined && { deliverAtMs: wire.deliverAt }),
  };
}

export const idempotencyKey = boundedText('idempotencyKeyLength')
  .refine((key) => /^[!-~]+$/.test(key), { error: 'must be visible ASCII characters, without spaces' })
  .meta({
    minLength: limits.idempotencyKeyLength.min,
    maxLength: limits.idempotencyKeyLength.max,
    pattern: '^[!-~]+$',
    description: 'A repeat of the same request under the same key within a day is not sent twice.',
  });

/** What was sent, entry by entry. */
export const sentAnswer = batchAnswerOf(z.object({ messageId: z.string(), enqueueTime: instantAnswer }));

export const sendMessages = defineAction({
  ...takesNothing,
  operation: 'sendMessages',
  method: 'POST',
  path: '/v1/queues/{queue}/messages',
  summary: 'Send messages, in one write.',
  headers: z.object({ 'idempotency-key': idempotencyKey.exactOptional() }),
  body: batchOf(wireEntry.transform(readEntry)),
  replies: { 200: 'One result per entry, in order.' },
  reply: sentAnswer,
  errors: ['queueNotFound', 'queueIsChanging', 'idempotencyKeyReused'],
  entryErrors: ['messageTooLarge'],
  async run(deps, { param, headers, body: { entries } }) {
    const key = headers['idempotency-key'];
    const results = await run(deps, { name: param('queue'), entries, ...(key !== undefined && { idempotencyKey: key }) });
    return { status: 200, body: batchAnswer(results.map(renderResult)) };
  },
});

export const renderResult = (result: SendResult) => (result.kind === 'failed'
  ? renderFailure(result)
  : { messageId: result.messageId, enqueueTime: renderInstant(result.enqueuedAtMs) });
