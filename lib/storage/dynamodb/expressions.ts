import type { Condition, ItemChange, ItemRange, Value } from '../items/item-table.ts';
import { type AttributeMap, toAttributeValue } from './attribute-values.ts';

/** The names and values that the placeholders of a request's expressions stand for. */
export interface Placeholders {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: AttributeMap;
}

type ConditionParts = Placeholders & { ConditionExpression?: string };

const expressionOf = { equals: '#c = :c', setContains: 'contains(#c, :c)', absentOrLower: 'attribute_not_exists(#c) OR #c < :c' } as const;

export function conditionParts(condition: Condition | undefined): ConditionParts {
  if (!condition) return {};
  if (condition.kind === 'itemAbsent') return { ConditionExpression: 'attribute_not_exists(pk)' };
  const names = { ExpressionAttributeNames: { '#c': condition.attribute } };
  return {
    ...names,
    ExpressionAttributeValues: { ':c': toAttributeValue(condition.value) },
    ConditionExpression: expressionOf[condition.kind],
  };
}

/** Every name is a placeholder: DynamoDB reserves some hundred words, and a lease id may spell one. */
export function updateParts({ set = {}, remove = [], deleteFromSets = {}, addToSets = {}, condition }: ItemChange) {
  const { ConditionExpression, ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = conditionParts(condition);
  const names = { ...ExpressionAttributeNames };
  const values = { ...ExpressionAttributeValues };
  const named = (name: string): string => {
    const placeholder = `#n${Object.keys(names).length}`;
    names[placeholder] = name;
    return placeholder;
  };
  const valued = (value: Value): string => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = toAttributeValue(value);
    return placeholder;
  };
  const pairs = (entries: Readonly<Record<string, Value | undefined>>, between: string): readonly string[] =>
    Object.entries(entries).flatMap(([name, value]) => (isThere(value) ? [`${named(name)}${between}${valued(value)}`] : []));

  const clauses = [
    clause('SET', pairs(set, ' = ')),
    clause('REMOVE', remove.map(named)),
    clause('DELETE', pairs(deleteFromSets, ' ')),
    clause('ADD', pairs(addToSets, ' ')),
  ];
  return {
    UpdateExpression: clauses.filter((text) => text !== '').join(' '),
    ...(ConditionExpression && { ConditionExpression }),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

const clause = (verb: string, parts: readonly string[]): string => (parts.length === 0 ? '' : `${verb} ${parts.join(', ')}`);

const isThere = (value: Value | undefined): value is Value => value !== undefined && !(value instanceof Set && value.size === 0);

export const rangeParts = ({ pk, from, until }: ItemRange) => ({
  KeyConditionExpression: 'pk = :p AND sk BETWEEN :f AND :u',
  ExpressionAttributeValues: { ':p': { S: pk }, ':f': { S: from }, ':u': { S: until } },
});

/** Whether nothing can be in the range: DynamoDB takes such a query for a mistake. */
export const isEmptyRange = ({ from, until, after, descending }: ItemRange): boolean =>
  from > until || (after !== undefined && (descending ? after <= from : after >= until));

/** Where to go on; a place before the range is the same as its beginning, and DynamoDB would refuse it. */
export function startParts({ pk, from, until, after, descending }: ItemRange): { ExclusiveStartKey?: AttributeMap } {
  const isBeforeRange = after === undefined || (descending ? after > until : after < from);
  return isBeforeRange ? {} : { ExclusiveStartKey: { pk: { S: pk }, sk: { S: after } } };
}
