import type { Topic } from '../../core/topic.ts';
import { cmqLimits } from './limits.ts';
import type { Parameters } from './parameters.ts';

/** How subscriptions of a topic choose: by tags, or by the binding keys that mean a routing key. */
export type FilterType = 'byTags' | 'byBindingKeys';

const BY_TAGS = 1;
const BY_BINDING_KEYS = 2;

/** As it was said when the topic was made here; of any other topic: by tags. */
export const filterTypeOf = ({ notes }: Pick<Topic, 'notes'>): FilterType => (notes?.['filterType'] === BY_BINDING_KEYS ? 'byBindingKeys' : 'byTags');

export const filterNumberOf = (topic: Pick<Topic, 'notes'>): number => (filterTypeOf(topic) === 'byTags' ? BY_TAGS : BY_BINDING_KEYS);

/** 0 is what one page of the original calls 1. */
export function filterNumberIn(params: Parameters): number {
  return params.optionalWhole('filterType', cmqLimits.filterType) === BY_BINDING_KEYS ? BY_BINDING_KEYS : BY_TAGS;
}

export const topicId = ({ incarnation }: Pick<Topic, 'incarnation'>): string => `topic-${incarnation}`;
