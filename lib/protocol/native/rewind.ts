import { z } from 'zod';
import { listRewinds as runList } from '../../core/queue/list-rewinds.ts';
import { previewRewind as runPreview } from '../../core/queue/preview-rewind.ts';
import { rewindQueue as run } from '../../core/queue/rewind-queue.ts';
import { undoRewind as runUndo } from '../../core/queue/undo-rewind.ts';
import { defineAction, takesNothing } from './action.ts';
import { fitting } from './shapes/fitting.ts';
import { previewAnswer, renderPreview, renderRewind, renderStarted, rewindAnswer, rewindRequest, startedAnswer } from './shapes/rewind.ts';

export const rewindQueue = defineAction({
  ...takesNothing,
  operation: 'rewindQueue',
  method: 'POST',
  path: '/v1/queues/{queue}/rewinds',
  summary: 'Consume again: everything from a point on, or what a window and a filter let through of what was deleted or dead-lettered.',
  body: rewindRequest,
  replies: { 202: 'It takes effect at `effectiveAt`.', 200: 'With `to` or `filter`: it has taken effect, beside the live queue.' },
  reply: startedAnswer,
  errors: ['queueNotFound', 'rewindIsOff', 'rewindOutOfRange', 'messageNotFound', 'queueIsChanging', 'tooManyRewinds'],
  async run(deps, { param, body, requestedBy }) {
    const record = await run(deps, { name: param('queue'), ...body, ...requestedBy });
    return { status: record.kind === 'selection' ? 200 : 202, body: renderStarted(record) };
  },
});

export const previewRewind = defineAction({
  ...takesNothing,
  operation: 'previewRewind',
  method: 'POST',
  path: '/v1/queues/{queue}/rewinds/preview',
  summary: 'What a rewind would hand out. Nothing changes.',
  body: rewindRequest,
  replies: { 200: 'What it would hand out.' },
  reply: previewAnswer,
  errors: ['queueNotFound', 'rewindIsOff', 'rewindOutOfRange', 'messageNotFound'],
  async run(deps, { param, body }) {
    return { status: 200, body: renderPreview(await runPreview(deps, { name: param('queue'), ...body })) };
  },
});

export const listRewinds = defineAction({
  ...takesNothing,
  operation: 'listRewinds',
  method: 'GET',
  path: '/v1/queues/{queue}/rewinds',
  summary: 'Rewinds, purges and undos of a queue, the newest first.',
  replies: { 200: 'The newest hundred, or as many of them as one answer takes.' },
  reply: z.object({ rewinds: z.array(rewindAnswer) }),
  errors: ['queueNotFound'],
  async run(deps, { param }) {
    const rewinds = await runList(deps, { name: param('queue') });
    return { status: 200, body: { rewinds: fitting(rewinds.map(renderRewind)) } };
  },
});

export const undoRewind = defineAction({
  ...takesNothing,
  operation: 'undoRewind',
  method: 'POST',
  path: '/v1/queues/{queue}/rewinds/{rewindId}/undo',
  summary: 'Return to what was in force before a rewind or a purge.',
  body: z.strictObject({}),
  replies: { 202: 'It takes effect at `effectiveAt`.' },
  reply: startedAnswer,
  errors: ['queueNotFound', 'rewindNotFound', 'rewindNotUndoable', 'queueIsChanging'],
  async run(deps, { param, requestedBy }) {
    const record = await runUndo(deps, { name: param('queue'), rewindId: param('rewindId'), ...requestedBy });
    return { status: 202, body: renderStarted(record) };
  },
});
