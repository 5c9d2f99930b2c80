import { searchSubscriptions } from '../../core/topic/search-subscriptions.ts';
import type { Action } from './action.ts';
import { listedPart } from './listed-part.ts';
import { cmqLimits } from './limits.ts';
import { nameIn } from './names.ts';
import { shownTarget } from './notification.ts';
import { subscriptionId } from './subscribe.ts';

export const listSubscriptionByTopic: Action = {
  name: 'ListSubscriptionByTopic',
  operation: 'listSubscriptions',
  about: 'topicName',
  async run(deps, { params }) {
    const part = listedPart(params, { offset: cmqLimits.subscriptionOffset, limit: cmqLimits.subscriptionLimit });
    const { found, total } = await searchSubscriptions(deps, { topic: nameIn(params, 'topicName'), ...part });
    return {
      totalCount: total,
      subscriptionList: found.map((subscription) => {
        const { protocol, endpoint } = shownTarget(subscription.push);
        return { subscriptionId: subscriptionId(subscription), subscriptionName: subscription.name, protocol, endpoint };
      }),
    };
  },
};
