import { searchNames } from '../../core/queue/search-names.ts';
import type { Action } from './action.ts';
import { listedPart } from './listed-part.ts';
import { cmqLimits } from './limits.ts';
import { queueId } from './queue-attributes.ts';

export const listQueue: Action = {
  name: 'ListQueue',
  operation: 'listQueues',
  about: undefined,
  async run(deps, { params }) {
    const { found, total } = await searchNames(deps, { registry: 'queue', ...listedPart(params, { offset: cmqLimits.listOffset, limit: cmqLimits.listLimit }) });
    return { totalCount: total, queueList: found.map((entry) => ({ queueId: queueId(entry), queueName: entry.name })) };
  },
};
