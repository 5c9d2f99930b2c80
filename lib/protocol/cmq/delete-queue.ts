import { deleteQueue as run } from '../../core/queue/delete-queue.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';

export const deleteQueue: Action = {
  name: 'DeleteQueue',
  operation: 'deleteQueue',
  about: 'queueName',
  async run(deps, { params }) {
    await run(deps, { name: nameIn(params, 'queueName') });
    return {};
  },
};
