import { z } from 'zod';
import type { AttributeMatch } from '../../../core/attribute-match.ts';
import { subscriptionFilterBytes } from '../../../core/check-filter.ts';
import { isWithin, limits } from '../../../core/limits.ts';
import type { SubscriptionFilter } from '../../../core/subscription-filter.ts';
import { attributeMatches } from './attribute-match.ts';
import { boundedList, boundedText } from './bounded.ts';
import { bindingKey } from './routing-key.ts';

const parts = {
  tags: boundedList('filterTagCount', boundedText('tagLength')).exactOptional().meta({ description: 'At least one of these.' }),
  bindingKeys: boundedList('bindingKeyCount', bindingKey).exactOptional().meta({ description: 'At least one of these means the routing key.' }),
  attributes: attributeMatches.exactOptional().meta({ description: 'Each of these is so.' }),
};

const partNames = Object.keys(parts).join(', ');

/** Which messages of a topic a subscription gets: those that pass every part, all if there is none. A misspelt part would let all through. */
export const subscriptionFilter = z.strictObject(parts, {
  error: ({ code }) => (code === 'unrecognized_keys' ? `it may have ${partNames}` : undefined),
})
  .superRefine((filter: SubscriptionFilter, context) => {
    const size = subscriptionFilterBytes(filter);
    if (!isWithin('subscriptionFilterBytes', size)) context.addIssue({ code: 'custom', params: { limit: 'subscriptionFilterBytes', counts: true, size } });
  })
  .meta({ description: `At most ${limits.subscriptionFilterBytes.max} bytes as JSON.` });

const simpleMatchAnswer = z.union([
  z.string(),
  z.object({ prefix: z.string() }),
  z.object({ exists: z.boolean() }),
  z.object({ min: z.number().exactOptional(), max: z.number().exactOptional() }),
]);

const matchAnswer = z.union([z.object({ anyOf: z.array(simpleMatchAnswer) }), simpleMatchAnswer]);

/** The filter of a subscription in an answer. */
export const subscriptionFilterAnswer = z.object({
  tags: z.array(z.string()).exactOptional(),
  bindingKeys: z.array(z.string()).exactOptional(),
  attributes: z.record(z.string(), matchAnswer).exactOptional(),
});

export const renderSubscriptionFilter = ({ tags, bindingKeys, attributes }: SubscriptionFilter): z.input<typeof subscriptionFilterAnswer> => ({
  ...(tags && { tags: [...tags] }),
  ...(bindingKeys && { bindingKeys: [...bindingKeys] }),
  ...(attributes && { attributes: Object.fromEntries(Object.entries(attributes).map(([name, match]) => [name, renderMatch(match)])) }),
});

const renderMatch = (match: AttributeMatch): z.input<typeof matchAnswer> => (
  typeof match === 'object' && 'anyOf' in match ? { anyOf: [...match.anyOf] } : match
);
