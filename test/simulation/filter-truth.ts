import type { MessageContent } from '../../lib/core/message.ts';
import type { SubscriptionFilter } from '../../lib/core/subscription-filter.ts';

/** What a filter means, told in another way than the code does. Of attributes only that one has a value. */
export function letsThrough({ tags, bindingKeys, attributes = {} }: SubscriptionFilter, content: MessageContent): boolean {
  const words = wordsOf(content.routingKey ?? '');
  return (tags === undefined || tags.some((tag) => content.tags.includes(tag)))
    && (bindingKeys === undefined || bindingKeys.some((key) => isBound(wordsOf(key), words)))
    && Object.entries(attributes).every(([name, value]) => content.attributes[name] === value);
}

const wordsOf = (key: string): readonly string[] => key.split('.').filter((word) => word !== '');

function isBound([key, ...keys]: readonly string[], words: readonly string[]): boolean {
  const [word, ...others] = words;
  if (key === undefined) return word === undefined;
  if (key === '#') return isBound(keys, words) || (word !== undefined && isBound([key, ...keys], others));
  return word !== undefined && (key === '*' || key === word) && isBound(keys, others);
}
