import { nameIgnoringCase } from '../../core/queue/search-names.ts';
import { createTopic as run } from '../../core/topic/create-topic.ts';
import type { Action } from './action.ts';
import { cmqDefaults, cmqLimits } from './limits.ts';
import { newNameIn } from './names.ts';
import { CmqRefusal } from './refusals.ts';
import { filterNumberIn, topicId } from './topic-attributes.ts';

/** A topic of that name is refused whatever its attributes, and whatever its case. */
export const createTopic: Action = {
  name: 'CreateTopic',
  operation: 'createTopic',
  about: 'topicName',
  async run(deps, { params }) {
    const name = newNameIn(params, 'topicName');
    const maxMessageBytes = params.optionalWhole('maxMsgSize', cmqLimits.maxMsgSize) ?? cmqDefaults.maxMsgSize;
    const notes = { filterType: filterNumberIn(params) };
    if (await nameIgnoringCase(deps, 'topic', name) !== undefined) throw new CmqRefusal('topicExists');
    const { topic, created } = await run(deps, { name, settings: { maxMessageBytes, retentionSeconds: cmqDefaults.topicRetentionSeconds }, notes });
    if (!created) throw new CmqRefusal('topicExists');
    return { topicId: topicId(topic) };
  },
};
