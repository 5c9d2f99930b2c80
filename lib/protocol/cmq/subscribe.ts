import { createSubscription } from '../../core/topic/create-subscription.ts';
import { describeTopic } from '../../core/topic/describe-topic.ts';
import { forgetFilters } from '../../core/topic/reaches-anyone.ts';
import type { Action } from './action.ts';
import { nameIn, newNameIn } from './names.ts';
import { deliveryIn, retryIn } from './notification.ts';
import { CmqRefusal } from './refusals.ts';
import { filterIn } from './subscription-filter.ts';
import { filterTypeOf } from './topic-attributes.ts';

/** Nobody asks the endpoint whether it wants to be notified: receivers of this dialect have no answer to that. */
export const subscribe: Action = {
  name: 'Subscribe',
  operation: 'createSubscription',
  about: 'topicName',
  async run(deps, { params }) {
    const topic = nameIn(params, 'topicName');
    const name = newNameIn(params, 'subscriptionName');
    const [delivery, retry] = [deliveryIn(params), retryIn(params)];
    const described = await describeTopic(deps, { name: topic });
    const filter = filterIn(params, described);
    if (!filter && filterTypeOf(described) === 'byBindingKeys') throw new CmqRefusal('bindingKeyMissing');
    const push = { delivery, skipsConfirmation: true, ...(retry ? { retry } : {}) };
    const { subscription, created } = await createSubscription(deps, { topic, name, settings: {}, filter: filter ?? {}, push });
    if (!created) throw new CmqRefusal('subscriptionExists');
    await forgetFilters(deps, topic);
    return { subscriptionId: subscriptionId(subscription) };
  },
};

/** The incarnation of a subscription has a dot, which ids of this dialect have not. */
export const subscriptionId = ({ incarnation }: { readonly incarnation: string }): string => `subsc-${incarnation.slice(incarnation.indexOf('.') + 1)}`;
