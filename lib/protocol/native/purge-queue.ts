import { z } from 'zod';
import { purgeQueue as run } from '../../core/queue/purge-queue.ts';
import { defineAction, takesNothing } from './action.ts';
import { instantAnswer, renderInstant } from './shapes/instant.ts';

export const purgeQueue = defineAction({
  ...takesNothing,
  operation: 'purgeQueue',
  method: 'POST',
  path: '/v1/queues/{queue}/purge',
  summary: 'Empty a queue: nothing that was sent before is handed out any more.',
  body: z.strictObject({}),
  replies: { 200: 'Purged.' },
  reply: z.object({ rewindId: z.string(), effectiveAt: instantAnswer }),
  errors: ['queueNotFound', 'queueIsChanging'],
  async run(deps, { param, requestedBy }) {
    const { rewindId, effectiveAtMs } = await run(deps, { name: param('queue'), ...requestedBy });
    return { status: 200, body: { rewindId, effectiveAt: renderInstant(effectiveAtMs) } };
  },
});
