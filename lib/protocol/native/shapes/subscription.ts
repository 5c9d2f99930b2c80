import { z } from 'zod';
import type { Subscription } from '../../../core/subscription.ts';
import type { SubscriptionChanges } from '../../../core/topic/change-subscription.ts';
import type { CreateSubscriptionRequest } from '../../../core/topic/create-subscription.ts';
import { wholeNumber } from './bounded.ts';
import { count } from './count.ts';
import { requestedDeadLetter, shownDeadLetter } from './dead-letter.ts';
import { deliveryAnswer, deliveryRequest, readPush, renderDelivery, renderRetry, retryAnswer, retryPolicy } from './delivery.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { queueName } from './name.ts';
import { from } from './rewind.ts';
import { renderSubscriptionFilter, subscriptionFilter, subscriptionFilterAnswer } from './subscription-filter.ts';

const settings = {
  visibilityTimeoutSeconds: wholeNumber('visibilityTimeoutSeconds').exactOptional(),
  receiveWaitSeconds: wholeNumber('waitSeconds').exactOptional(),
};

/** A subscription to be; omitted attributes take their defaults. */
export const subscriptionRequest = z.strictObject({
  ...settings,
  deadLetter: requestedDeadLetter.exactOptional(),
  filter: subscriptionFilter.exactOptional(),
  delivery: deliveryRequest.exactOptional().meta({ description: 'Pulled when omitted.' }),
  retry: retryPolicy.exactOptional(),
  from: from.exactOptional().meta({ description: 'Where in the history of the topic it begins; with what is published from now on when omitted.' }),
}).transform(({ filter = {}, delivery, retry, from: start, ...rest }, context): Omit<CreateSubscriptionRequest, 'topic' | 'name'> => {
  const { delivery: target, ...push } = readPush(delivery, retry) ?? {};
  if (retry && !target) context.issues.push({ code: 'custom', input: retry, path: ['retry'], message: 'is for pushed subscriptions: delivery says to where' });
  return { settings: rest, filter, ...(target && { push: { ...push, delivery: target } }), ...(start && { from: start }) };
});

/** Changes of a subscription; omitted attributes stay, `deadLetter: null` takes the policy away. */
export const subscriptionChanges = z.strictObject({
  ...settings,
  deadLetter: requestedDeadLetter.nullable().exactOptional(),
  filter: subscriptionFilter.exactOptional(),
  delivery: deliveryRequest.exactOptional(),
  retry: retryPolicy.exactOptional(),
}).transform(({ filter, delivery, retry, ...rest }): SubscriptionChanges => {
  const push = readPush(delivery, retry);
  return { settings: rest, ...(filter && { filter }), ...(push !== undefined && { push }) };
});

/** A subscription as answers show it. */
export const subscriptionAnswer = z.object({
  topic: queueName,
  name: queueName,
  visibilityTimeoutSeconds: count,
  receiveWaitSeconds: wholeNumber('longWaitSeconds'),
  deadLetter: shownDeadLetter.exactOptional(),
  filter: subscriptionFilterAnswer,
  delivery: deliveryAnswer,
  retry: retryAnswer.exactOptional(),
  createdAt: instantAnswer,
  changedAt: instantAnswer,
});

export const renderSubscription = (subscription: Subscription, showsSecret = false): z.input<typeof subscriptionAnswer> => ({
  topic: subscription.topic,
  name: subscription.name,
  visibilityTimeoutSeconds: subscription.settings.visibilityTimeoutSeconds,
  receiveWaitSeconds: subscription.settings.receiveWaitSeconds,
  ...(subscription.settings.deadLetter && { deadLetter: subscription.push ? { queue: subscription.settings.deadLetter.queue } : subscription.settings.deadLetter }),
  filter: renderSubscriptionFilter(subscription.filter),
  delivery: renderDelivery(subscription.push, showsSecret),
  ...(subscription.push && { retry: renderRetry(subscription.push.retry) }),
  createdAt: renderInstant(subscription.createdAtMs),
  changedAt: renderInstant(subscription.changedAtMs),
});
