import { createQueue as run } from '../../core/queue/create-queue.ts';
import { nameIgnoringCase } from '../../core/queue/search-names.ts';
import { queueDefaults } from '../../core/limits.ts';
import type { Action } from './action.ts';
import { cmqDefaults } from './limits.ts';
import { newNameIn } from './names.ts';
import { checkPeriods, queueId, readQueueAttributes } from './queue-attributes.ts';
import { CmqRefusal } from './refusals.ts';

/** A queue of that name is refused whatever its attributes, and whatever its case. */
export const createQueue: Action = {
  name: 'CreateQueue',
  operation: 'createQueue',
  about: 'queueName',
  async run(deps, { params }) {
    const name = newNameIn(params, 'queueName');
    const { settings: { deadLetter, ...said }, notes } = readQueueAttributes(params);
    const settings = { maxMessageBytes: cmqDefaults.maxMsgSize, ...said, ...(deadLetter ? { deadLetter } : {}) };
    checkPeriods({ ...queueDefaults, ...settings });
    if (await nameIgnoringCase(deps, 'queue', name) !== undefined) throw new CmqRefusal('queueExists');
    const { queue, created } = await run(deps, { name, settings, ...(notes ? { notes } : {}) });
    if (!created) throw new CmqRefusal('queueExists');
    return { queueId: queueId(queue) };
  },
};
