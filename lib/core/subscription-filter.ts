import assert from 'node:assert';
import { type AttributeMatch, attributeMatcher } from './attribute-match.ts';
import { bindingKeyMatcher } from './binding-key.ts';
import type { MessageContent } from './message.ts';
import type { EpochMs } from './time.ts';

/**
 * Which messages of a topic are a subscription's: those that pass every part that is there, all of them if
 * none is. Plain data: its JSON is how it is stored.
 */
export interface SubscriptionFilter {
  /** At least one of these. */
  readonly tags?: readonly string[];
  /** A routing key that at least one of these means, see binding-key.ts. */
  readonly bindingKeys?: readonly string[];
  /** Each of these, so. */
  readonly attributes?: Readonly<Record<string, AttributeMatch>>;
}

/** What a filter looks at. */
export interface Filterable extends Pick<MessageContent, 'tags' | 'attributes'> {
  /** Absent or empty: no words. */
  readonly routingKey?: string;
}

/** A test of messages, made once for a filter and used for many. */
export function subscriptionMatcher({ tags, bindingKeys, attributes }: SubscriptionFilter): (message: Filterable) => boolean {
  const wantedTags = tags && new Set(tags);
  const isBound = bindingKeys && bindingKeyMatcher(bindingKeys);
  const conditions = Object.entries(attributes ?? {}).map(([name, match]) => ({ name, matches: attributeMatcher(match) }));
  return (message) => (!wantedTags || message.tags.some((tag) => wantedTags.has(tag)))
    && (!isBound || isBound(message.routingKey ?? ''))
    && conditions.every(({ name, matches }) => matches(valueOf(message, name)));
}

/** `constructor` and the like are names as any other. */
const valueOf = ({ attributes }: Filterable, name: string): string | undefined => (
  Object.hasOwn(attributes, name) ? attributes[name] : undefined
);

/** A filter of a subscription, in force for what was enqueued from then on until the next one's time. */
export interface FilterVersion {
  readonly fromMs: EpochMs;
  readonly filter: SubscriptionFilter;
}

/**
 * The filter that decides about what was enqueued then: every consumer asks the same one, whenever it reads.
 * The versions ascend by `fromMs`, of the same time the last counts; the first reaches back to the beginning.
 */
export function filterAt(versions: readonly FilterVersion[], enqueuedAtMs: EpochMs): SubscriptionFilter {
  const version = versions.findLast(({ fromMs }) => fromMs <= enqueuedAtMs) ?? versions[0];
  assert(version, 'a subscription has at least one filter');
  return version.filter;
}
