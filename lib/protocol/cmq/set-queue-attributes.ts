import { changeQueue } from '../../core/queue/change-queue.ts';
import { describeQueue } from '../../core/queue/describe-queue.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';
import { checkPeriods, queueId, readQueueAttributes, settableFields } from './queue-attributes.ts';

export const setQueueAttributes: Action = {
  name: 'SetQueueAttributes',
  operation: 'changeQueue',
  about: 'queueName',
  async run(deps, { params }) {
    const name = nameIn(params, 'queueName');
    const { settings: changes, notes } = readQueueAttributes(params);
    if (changes.rewindSeconds !== undefined || changes.retentionSeconds !== undefined || changes.deadLetter) {
      const { queue: { settings } } = await describeQueue(deps, { name, skipsRewindable: true });
      const { rewindSeconds = settings.rewindSeconds, retentionSeconds = settings.retentionSeconds, deadLetter = settings.deadLetter } = changes;
      checkPeriods({ rewindSeconds, retentionSeconds, deadLetter });
    }
    const queue = await changeQueue(deps, { name, changes, notes });
    return { queueId: queueId(queue), ...settableFields(queue) };
  },
};
