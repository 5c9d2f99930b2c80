import type { MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { mayMatch } from '../segment-summary.ts';
import { type FilterVersion, type SubscriptionFilter, subscriptionMatcher } from '../subscription-filter.ts';
import { type EpochMs, epochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';

/**
 * Which messages of its topic's log belong to a subscription: those that pass the filter in force when
 * they were published. A change of the filter is written some time before it is in force, so whoever has
 * read the record lately knows the filter of everything published so far, and no two consumers disagree.
 */
export interface Membership {
  /** It has no filter: whatever is not for another one alone. */
  readonly isOpen: boolean;
  /** Of what was published from then on the filter is not known for certain, nor that there is none. */
  readonly knownUntilMs: EpochMs;
  /** false: certainly none of its messages belongs to the subscription. */
  readonly mayHave: (segment: Segment) => boolean;
  readonly has: (segment: Segment, content: MessageContent) => boolean;
}

/** undefined for a queue: every message belongs to it. */
export function membershipOf({ definition: { incarnation, subscription }, readAtMs }: QueueView): Membership | undefined {
  if (!subscription) return undefined;
  const versions = subscription.filters.map((version) => ({ ...version, matches: subscriptionMatcher(version.filter) }));
  const isOpen = subscription.filters.every(({ filter }) => letsAllThrough(filter));
  return {
    isOpen,
    // Also of one that has no filter: it may have got one since.
    knownUntilMs: msAfter(readAtMs ?? epochMs(0), timing.filterKnownMs),
    mayHave(segment) {
      if (segment.recipient !== undefined) return segment.recipient === incarnation;
      return isOpen || !segment.summary || mayMatch(inForce(versions, segment).filter, segment.summary);
    },
    has(segment, content) {
      if (segment.recipient !== undefined) return segment.recipient === incarnation;
      return isOpen || inForce(versions, segment).matches(content);
    },
  };
}

const letsAllThrough = ({ tags, bindingKeys, attributes }: SubscriptionFilter): boolean => !tags && !bindingKeys && !attributes;

/** The first one reaches back to the beginning. */
function inForce<Version extends FilterVersion>(versions: readonly Version[], { enqueuedAtMs }: Segment): Version {
  const found = versions.findLast(({ fromMs }) => fromMs <= enqueuedAtMs) ?? versions[0];
  if (!found) throw new Error('a subscription without a filter');
  return found;
}
