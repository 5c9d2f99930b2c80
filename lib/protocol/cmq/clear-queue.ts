import { purgeQueue } from '../../core/queue/purge-queue.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';

/** The one action taken over from the original's later API. */
export const clearQueue: Action = {
  name: 'ClearQueue',
  operation: 'purgeQueue',
  about: 'queueName',
  async run(deps, { params, requestedBy }) {
    await purgeQueue(deps, { name: nameIn(params, 'queueName'), ...requestedBy });
    return {};
  },
};
