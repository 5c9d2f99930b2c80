import { bindingKeyMatcher } from './binding-key.ts';
import type { Filterable, SubscriptionFilter } from './subscription-filter.ts';
import { utf8Bytes } from './text-size.ts';

/** What occurs among the messages of a segment, each once. An absent list was too long to keep: anything may occur. */
export interface SegmentSummary {
  readonly tags?: readonly string[];
  /** The empty one stands for a message without a routing key. */
  readonly routingKeys?: readonly string[];
}

/** A list stays small beside the segment that it describes: every reader pays for it. */
const VALUES_MAX = 16;
const VALUE_BYTES_MAX = 256;

/** Written with the segment, so that readers whom nothing in it concerns need not unpack it. */
export function summaryOf(messages: readonly Filterable[]): SegmentSummary {
  const tags = distinct(messages.flatMap((message) => message.tags));
  const routingKeys = distinct(messages.map(({ routingKey = '' }) => routingKey));
  return { ...(tags && { tags }), ...(routingKeys && { routingKeys }) };
}

/** False only if no message of the segment passes the filter, for certain. */
export function mayMatch(filter: SubscriptionFilter, summary: SegmentSummary): boolean {
  return mayMatchTags(filter, summary) && mayMatchRoutingKeys(filter, summary);
}

function distinct(values: readonly string[]): readonly string[] | undefined {
  const found = new Set<string>();
  let bytes = 0;
  for (const value of values) {
    if (found.has(value)) continue;
    found.add(value);
    bytes += utf8Bytes(value);
    if (found.size > VALUES_MAX || bytes > VALUE_BYTES_MAX) return undefined;
  }
  return [...found];
}

const mayMatchTags = ({ tags: wanted }: SubscriptionFilter, { tags: occurring }: SegmentSummary): boolean => (
  !wanted || !occurring || occurring.some((tag) => wanted.includes(tag))
);

const mayMatchRoutingKeys = ({ bindingKeys }: SubscriptionFilter, { routingKeys }: SegmentSummary): boolean => (
  !bindingKeys || !routingKeys || routingKeys.some(bindingKeyMatcher(bindingKeys))
);
