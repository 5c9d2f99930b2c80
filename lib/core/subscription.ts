import type { PushSettings } from './push/push-settings.ts';
import type { QueueSettings } from './queue.ts';
import type { FilterVersion, SubscriptionFilter } from './subscription-filter.ts';
import type { EpochMs } from './time.ts';

/** What a subscription has beside the settings that it shares with queues. */
export interface SubscriptionSettings {
  /** Ascending; what was published before the first belongs to it too. Never empty. */
  readonly filters: readonly FilterVersion[];
  /** Absent: it is pulled. */
  readonly push?: PushSettings;
}

/** What a subscription decides for itself, of what a queue decides. */
export type ConsumeSettings = Pick<QueueSettings, 'visibilityTimeoutSeconds' | 'receiveWaitSeconds' | 'deadLetter'>;

export interface Subscription {
  readonly topic: string;
  readonly name: string;
  readonly incarnation: string;
  readonly createdAtMs: EpochMs;
  readonly changedAtMs: EpochMs;
  readonly settings: ConsumeSettings;
  /** Of what is published from now on; empty: everything. */
  readonly filter: SubscriptionFilter;
  /** Absent: it is pulled. Its secret is not for everybody to see. */
  readonly push?: PushSettings;
}

/** The incarnation of a subscription says which topic it is of: `<the topic's>.<its own id>`. */
export const subscriptionIncarnation = (topic: string, id: string): string => `${topic}.${id}`;

/** The log that a queue or a subscription reads: its own, or its topic's. It is named by the incarnation it belongs to. */
export function logOf(incarnation: string): string {
  const end = incarnation.indexOf('.');
  return end === -1 ? incarnation : incarnation.slice(0, end);
}
