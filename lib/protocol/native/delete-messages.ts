import { z } from 'zod';
import { deleteMessages as run, type DeleteEntry } from '../../core/queue/delete-messages.ts';
import { defineAction, takesNothing } from './action.ts';
import { batchAnswer, batchAnswerOf, batchOf, renderFailure } from './shapes/batch.ts';

const entry = z.strictObject({ receiptHandle: z.string().exactOptional(), messageId: z.string().exactOptional() })
  .transform(({ receiptHandle, messageId }, context): DeleteEntry => {
    if (receiptHandle !== undefined && messageId === undefined) return { receiptHandle };
    if (messageId !== undefined && receiptHandle === undefined) return { messageId };
    context.issues.push({ code: 'custom', input: undefined, message: 'must have receiptHandle or messageId, and not both' });
    return z.NEVER;
  })
  .meta({ minProperties: 1, maxProperties: 1 });

export const deleteMessages = defineAction({
  ...takesNothing,
  operation: 'deleteMessages',
  method: 'POST',
  path: '/v1/queues/{queue}/delete',
  summary: 'Delete messages: received ones by receipt handle, delayed ones by message id, which cancels them.',
  body: batchOf(entry),
  replies: { 200: 'One result per entry, in order; `{}` when it is deleted.' },
  reply: batchAnswerOf(z.object({})),
  errors: ['queueNotFound'],
  entryErrors: ['receiptHandleInvalid', 'receiptHandleStale', 'receiptHandleRewound', 'messageNotFound', 'messageNotDelayed', 'queueIsChanging'],
  async run(deps, { param, body: { entries } }) {
    const results = await run(deps, { name: param('queue'), entries });
    return { status: 200, body: batchAnswer(results.map((result) => (result.kind === 'failed' ? renderFailure(result) : {}))) };
  },
});
