import { searchNames } from '../../core/queue/search-names.ts';
import type { Action } from './action.ts';
import { cmqLimits } from './limits.ts';
import { listedPart } from './listed-part.ts';
import { topicId } from './topic-attributes.ts';

export const listTopic: Action = {
  name: 'ListTopic',
  operation: 'listTopics',
  about: undefined,
  async run(deps, { params }) {
    const { found, total } = await searchNames(deps, { registry: 'topic', ...listedPart(params, { offset: cmqLimits.listOffset, limit: cmqLimits.listLimit }) });
    return { totalCount: total, topicList: found.map((entry) => ({ topicId: topicId(entry), topicName: entry.name })) };
  },
};
