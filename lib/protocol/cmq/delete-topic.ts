import { deleteTopic as run } from '../../core/topic/delete-topic.ts';
import { listSubscriptions } from '../../core/topic/list-subscriptions.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';
import { CmqRefusal } from './refusals.ts';

/** In this dialect a topic goes last, after its subscriptions. */
export const deleteTopic: Action = {
  name: 'DeleteTopic',
  operation: 'deleteTopic',
  about: 'topicName',
  async run(deps, { params }) {
    const name = nameIn(params, 'topicName');
    const { subscriptions } = await listSubscriptions(deps, { topic: name, prefix: '', limit: 1 });
    if (subscriptions.length > 0) throw new CmqRefusal('topicHasSubscriptions');
    await run(deps, { name });
    return {};
  },
};
