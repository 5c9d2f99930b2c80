import { changeTopic } from '../../core/topic/change-topic.ts';
import type { Action } from './action.ts';
import { cmqLimits } from './limits.ts';
import { nameIn } from './names.ts';

export const setTopicAttributes: Action = {
  name: 'SetTopicAttributes',
  operation: 'changeTopic',
  about: 'topicName',
  async run(deps, { params }) {
    const name = nameIn(params, 'topicName');
    const maxMessageBytes = params.optionalWhole('maxMsgSize', cmqLimits.maxMsgSize);
    await changeTopic(deps, { name, changes: maxMessageBytes === undefined ? {} : { maxMessageBytes } });
    return {};
  },
};
