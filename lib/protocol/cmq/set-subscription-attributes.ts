import type { Deps } from '../../core/deps.ts';
import { type CmqPushFormat, isCmqFormat } from '../../core/push/cmq-push.ts';
import type { PushDelivery } from '../../core/push/push-subscription.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { SubscriptionFilter } from '../../core/subscription-filter.ts';
import { timing } from '../../core/timing.ts';
import { changeSubscription, type SubscriptionChanges } from '../../core/topic/change-subscription.ts';
import { describeSubscription } from '../../core/topic/describe-subscription.ts';
import { describeTopic } from '../../core/topic/describe-topic.ts';
import { forgetFilters } from '../../core/topic/reaches-anyone.ts';
import type { Action, Call } from './action.ts';
import { nameIn } from './names.ts';
import { formatIn, retryIn } from './notification.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';
import { filterIn } from './subscription-filter.ts';

/** Protocol and endpoint stay: in this dialect they cannot be changed. Nor can what it has no words for. */
export const setSubscriptionAttributes: Action = {
  name: 'SetSubscriptionAttributes',
  operation: 'changeSubscription',
  about: 'topicName',
  async run(deps, { params, signal }) {
    const topic = nameIn(params, 'topicName');
    const name = nameIn(params, 'subscriptionName');
    const filter = filterIn(params, await describeTopic(deps, { name: topic }));
    const { subscription } = await describeSubscription(deps, { topic, name });
    const push = pushIn(params, subscription);
    await change(deps, { topic, name, changes: { ...(filter ? { filter: { ...subscription.filter, ...filter } } : {}), ...(push ? { push } : {}) }, signal });
    return {};
  },
};

export const clearSubscriptionFilterTags: Action = {
  name: 'ClearSubscriptionFilterTags',
  operation: 'changeSubscription',
  about: 'topicName',
  async run(deps, { params, signal }) {
    const topic = nameIn(params, 'topicName');
    const name = nameIn(params, 'subscriptionName');
    const { subscription: { filter: { tags: _cleared, ...filter } } } = await describeSubscription(deps, { topic, name });
    await change(deps, { topic, name, changes: { filter }, signal });
    return {};
  },
};

interface Change {
  readonly topic: string;
  readonly name: string;
  readonly changes: SubscriptionChanges & { readonly filter?: SubscriptionFilter };
  readonly signal: Call['signal'];
}

/** A filter is in force some seconds later, and then this is answered: clients publish right after it. */
async function change(deps: Deps, { topic, name, changes, signal }: Change): Promise<void> {
  await changeSubscription(deps, { topic, name, changes });
  if (!changes.filter) return;
  await deps.system.sleep(timing.effectiveDelayMs, signal);
  await forgetFilters(deps, topic);
}

function pushIn(params: Parameters, { push }: Subscription): SubscriptionChanges['push'] {
  const [format, retry] = [formatIn(params), retryIn(params)];
  const delivery = format && push ? withFormat(push.delivery, format) : undefined;
  return delivery || retry ? { ...(delivery ? { delivery, skipsConfirmation: true } : {}), ...(retry ? { retry } : {}) } : undefined;
}

/** A format of the native protocol stays: receivers of that check a signature, and agree to be pushed to. */
function withFormat(delivery: PushDelivery, format: CmqPushFormat): PushDelivery | undefined {
  if (delivery.kind === 'http') return isCmqFormat(delivery.format) ? { ...delivery, format } : undefined;
  if (delivery.kind === 'queue' && format === 'cmqJson') throw new CmqRefusal('queueNeedsSimplified');
  return undefined;
}
