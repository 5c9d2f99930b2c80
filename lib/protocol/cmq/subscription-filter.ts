import type { SubscriptionFilter } from '../../core/subscription-filter.ts';
import type { Topic } from '../../core/topic.ts';
import { bindingKeysIn, tagsIn } from './filter-words.ts';
import type { Parameters } from './parameters.ts';
import { filterTypeOf } from './topic-attributes.ts';

/** What a request says of the filter, by what its topic goes by; undefined: nothing. */
export function filterIn(params: Parameters, topic: Topic): SubscriptionFilter | undefined {
  const tags = tagsIn(params, 'filterTag', 'tooManyFilterTags');
  const bindingKeys = bindingKeysIn(params);
  if (filterTypeOf(topic) === 'byTags') return tags.length > 0 ? { tags } : undefined;
  return bindingKeys.length > 0 ? { bindingKeys } : undefined;
}
