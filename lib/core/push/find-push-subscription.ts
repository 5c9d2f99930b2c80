import type { FindPushSubscription } from './push-subscription.ts';

/** Topics have no subscriptions yet. */
export const findPushSubscription: FindPushSubscription = async () => undefined;
