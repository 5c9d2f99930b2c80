import { purgeQueue } from '../../core/queue/purge-queue.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';

/** The one action taken over from the original's later API. */
export const clearQueue: Action = {
  name: 'ClearQueue',
  operation: 'purgeQueue',
  about: 'queueName',
  async run(deps, { params }) {
    await purgeQueue(deps, { name: nameIn(params, 'queueName') });
    return {};
  },
};
