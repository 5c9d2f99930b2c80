import { describeSubscription } from '../../core/topic/describe-subscription.ts';
import type { Action } from './action.ts';
import { messageCount } from './message-count.ts';
import { nameIn } from './names.ts';
import { shownNotification } from './notification.ts';
import { subscriptionId } from './subscribe.ts';
import { unixSeconds } from './unix-seconds.ts';

/** The account that topics belong to: here there is one, without a number. */
const TOPIC_OWNER = '0';

export const getSubscriptionAttributes: Action = {
  name: 'GetSubscriptionAttributes',
  operation: 'describeSubscription',
  about: 'topicName',
  async run(deps, { params }) {
    const name = { topic: nameIn(params, 'topicName'), name: nameIn(params, 'subscriptionName') };
    const { subscription, counts } = await describeSubscription(deps, name);
    const { tags = [], bindingKeys = [] } = subscription.filter;
    return {
      topicOwner: TOPIC_OWNER,
      topicName: subscription.topic,
      subscriptionName: subscription.name,
      subscriptionId: subscriptionId(subscription),
      msgCount: messageCount(counts),
      ...shownNotification(subscription.push),
      createTime: unixSeconds(subscription.createdAtMs),
      lastModifyTime: unixSeconds(subscription.changedAtMs),
      bindingKey: bindingKeys,
      // One half of the clients reads the one spelling, the other half the other.
      filterTag: tags,
      filterTags: tags,
    };
  },
};
