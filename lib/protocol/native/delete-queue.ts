import { deleteQueue as run } from '../../core/queue/delete-queue.ts';
import { defineAction, noBody, takesNothing } from './action.ts';

export const deleteQueue = defineAction({
  ...takesNothing,
  operation: 'deleteQueue',
  method: 'DELETE',
  path: '/v1/queues/{queue}',
  summary: 'Delete a queue with everything in it.',
  replies: { 204: 'Deleted.' },
  reply: noBody,
  errors: ['queueNotFound', 'queueInUse', 'queueIsChanging'],
  async run(deps, { param }) {
    await run(deps, { name: param('queue') });
    return { status: 204, body: undefined };
  },
});
