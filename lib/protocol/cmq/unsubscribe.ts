import { deleteSubscription } from '../../core/topic/delete-subscription.ts';
import { forgetFilters } from '../../core/topic/reaches-anyone.ts';
import type { Action } from './action.ts';
import { nameIn } from './names.ts';

export const unsubscribe: Action = {
  name: 'Unsubscribe',
  operation: 'deleteSubscription',
  about: 'topicName',
  async run(deps, { params }) {
    const topic = nameIn(params, 'topicName');
    await deleteSubscription(deps, { topic, name: nameIn(params, 'subscriptionName') });
    await forgetFilters(deps, topic);
    return {};
  },
};
