import { type AttributeMatch, rangeProblem, type SimpleMatch } from './attribute-match.ts';
import { checkBindingKey } from './binding-key.ts';
import { CallerError } from './errors.ts';
import { checkSize } from './limits.ts';
import type { SubscriptionFilter } from './subscription-filter.ts';
import { utf8Bytes } from './text-size.ts';

/**
 * Whatever a subscription may keep as its filter. An empty list is refused: it would let nothing through, and an
 * absent one everything.
 * @throws CallerError `parameterOutOfRange` or `malformedRequest`, naming the part at fault
 */
export function checkFilter(filter: SubscriptionFilter, field = 'filter'): void {
  const { tags, bindingKeys, attributes } = filter;
  if (tags) {
    checkSize('filterTagCount', `${field}.tags`, tags.length);
    tags.forEach((tag, index) => checkSize('tagLength', `${field}.tags[${index}]`, tag.length));
  }
  if (bindingKeys) {
    checkSize('bindingKeyCount', `${field}.bindingKeys`, bindingKeys.length);
    bindingKeys.forEach((key, index) => checkBindingKey(key, `${field}.bindingKeys[${index}]`));
  }
  if (attributes) checkAttributes(attributes, `${field}.attributes`);
  checkSize('subscriptionFilterBytes', field, subscriptionFilterBytes(filter));
}

/** As JSON, in UTF-8: what it takes in a request and in storage. */
export const subscriptionFilterBytes = (filter: SubscriptionFilter): number => utf8Bytes(JSON.stringify(filter));

function checkAttributes(attributes: Readonly<Record<string, AttributeMatch>>, field: string): void {
  const conditions = Object.entries(attributes);
  checkSize('attributeCount', field, conditions.length);
  for (const [name, match] of conditions) {
    checkSize('attributeNameLength', `a name in ${field}`, name.length);
    checkMatch(match, `${field}.${name}`);
  }
}

function checkMatch(match: AttributeMatch, field: string): void {
  if (typeof match === 'string' || !('anyOf' in match)) return checkSimpleMatch(match, field);
  checkSize('anyOfCount', `${field}.anyOf`, match.anyOf.length);
  match.anyOf.forEach((one, index) => checkSimpleMatch(one, `${field}.anyOf[${index}]`));
}

function checkSimpleMatch(match: SimpleMatch, field: string): void {
  if (typeof match === 'string') return checkSize('attributeValueLength', field, match.length);
  if ('prefix' in match) return checkSize('attributeValueLength', `${field}.prefix`, match.prefix.length);
  const problem = 'exists' in match ? undefined : rangeProblem(match);
  if (problem !== undefined) throw new CallerError('malformedRequest', `${field} ${problem}`, { field, value: match });
}
