import { z } from 'zod';
import { changeVisibility as run, type VisibilityResult } from '../../core/queue/change-visibility.ts';
import { defineAction, takesNothing } from './action.ts';
import { batchAnswer, batchAnswerOf, batchOf, renderFailure } from './shapes/batch.ts';
import { wholeNumber } from './shapes/bounded.ts';
import { instantAnswer, renderInstant } from './shapes/instant.ts';

const entry = z.strictObject({
  receiptHandle: z.string(),
  visibilityTimeoutSeconds: wholeNumber('changeVisibilitySeconds'),
});

export const changeVisibility = defineAction({
  ...takesNothing,
  operation: 'changeVisibility',
  method: 'POST',
  path: '/v1/queues/{queue}/visibility',
  summary: 'Hide received messages for so long from now on: extend, shorten, or give back (0).',
  body: batchOf(entry),
  replies: { 200: 'One result per entry, in order.' },
  reply: batchAnswerOf(z.object({ visibleAt: instantAnswer })),
  errors: ['queueNotFound'],
  entryErrors: ['receiptHandleInvalid', 'receiptHandleStale', 'receiptHandleRewound', 'messageNotFound'],
  async run(deps, { param, body: { entries } }) {
    const results = await run(deps, { name: param('queue'), entries });
    return { status: 200, body: batchAnswer(results.map(renderResult)) };
  },
});

const renderResult = (result: VisibilityResult) => (result.kind === 'failed'
  ? renderFailure(result)
  : { visibleAt: renderInstant(result.visibleAtMs) });
