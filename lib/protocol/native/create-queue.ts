import { createQueue as run } from '../../core/queue/create-queue.ts';
import { defineAction, takesNothing } from './action.ts';
import { queueAnswer, queueSettings, renderQueue } from './shapes/queue.ts';

export const createQueue = defineAction({
  ...takesNothing,
  operation: 'createQueue',
  method: 'PUT',
  path: '/v1/queues/{queue}',
  summary: 'Create a queue. The same attributes again is a success; omitted ones take their defaults.',
  body: queueSettings,
  replies: { 201: 'Created.', 200: 'There already, with the same attributes.' },
  reply: queueAnswer,
  errors: ['queueExistsWithOtherSettings', 'deadLetterQueueNotFound', 'deadLetterCycle', 'queueIsChanging'],
  async run(deps, { param, body }) {
    const { queue, created } = await run(deps, { name: param('queue'), settings: body });
    return { status: created ? 201 : 200, body: renderQueue(queue) };
  },
});
