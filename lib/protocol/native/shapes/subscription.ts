import { z } from 'zod';
import type { Subscription } from '../../../core/subscription.ts';
import { wholeNumber } from './bounded.ts';
import { count } from './count.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { queueName } from './name.ts';
import { deadLetter, deadLetterInput } from './queue.ts';
import { from } from './rewind.ts';
import { renderSubscriptionFilter, subscriptionFilter, subscriptionFilterAnswer } from './subscription-filter.ts';

const settings = {
  visibilityTimeoutSeconds: wholeNumber('visibilityTimeoutSeconds').exactOptional(),
  receiveWaitSeconds: wholeNumber('waitSeconds').exactOptional(),
};

/** A subscription to be; omitted attributes take their defaults. */
export const subscriptionRequest = z.strictObject({
  ...settings,
  deadLetter: deadLetterInput.exactOptional(),
  filter: subscriptionFilter.exactOptional(),
  from: from.exactOptional().meta({ description: 'Where in the history of the topic it begins; with what is published from now on when omitted.' }),
}).transform(({ filter = {}, from: start, ...rest }) => ({ settings: rest, filter, ...(start && { from: start }) }));

/** Changes of a subscription; omitted attributes stay, `deadLetter: null` takes the policy away. */
export const subscriptionChanges = z.strictObject({
  ...settings,
  deadLetter: deadLetterInput.nullable().exactOptional(),
  filter: subscriptionFilter.exactOptional(),
}).transform(({ filter, ...rest }) => ({ settings: rest, ...(filter && { filter }) }));

/** A subscription as answers show it. */
export const subscriptionAnswer = z.object({
  topic: queueName,
  name: queueName,
  visibilityTimeoutSeconds: count,
  receiveWaitSeconds: count,
  deadLetter: deadLetter.exactOptional(),
  filter: subscriptionFilterAnswer,
  createdAt: instantAnswer,
  changedAt: instantAnswer,
});

export const renderSubscription = (subscription: Subscription): z.input<typeof subscriptionAnswer> => ({
  topic: subscription.topic,
  name: subscription.name,
  visibilityTimeoutSeconds: subscription.settings.visibilityTimeoutSeconds,
  receiveWaitSeconds: subscription.settings.receiveWaitSeconds,
  ...(subscription.settings.deadLetter && { deadLetter: subscription.settings.deadLetter }),
  filter: renderSubscriptionFilter(subscription.filter),
  createdAt: renderInstant(subscription.createdAtMs),
  changedAt: renderInstant(subscription.changedAtMs),
});
