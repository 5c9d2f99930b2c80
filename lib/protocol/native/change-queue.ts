import { changeQueue as run } from '../../core/queue/change-queue.ts';
import { defineAction, takesNothing } from './action.ts';
import { queueAnswer, queueChanges, renderQueue } from './shapes/queue.ts';

export const changeQueue = defineAction({
  ...takesNothing,
  operation: 'changeQueue',
  method: 'PATCH',
  path: '/v1/queues/{queue}',
  summary: 'Change attributes of a queue. Omitted ones stay; `deadLetter: null` takes the dead-letter policy away.',
  body: queueChanges,
  replies: { 200: 'The queue as it is now.' },
  reply: queueAnswer,
  errors: ['queueNotFound', 'deadLetterQueueNotFound', 'deadLetterCycle', 'queueIsChanging'],
  async run(deps, { param, body }) {
    return { status: 200, body: renderQueue(await run(deps, { name: param('queue'), changes: body })) };
  },
});
