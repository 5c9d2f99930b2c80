import { z } from 'zod';
import { type AttributeMatch, rangeProblem } from '../../../core/attribute-match.ts';
import { isWithin, limits } from '../../../core/limits.ts';
import { type Issue, issueBelow, issueOfName, issueOfText } from './attributes.ts';

type Fields = Readonly<Record<string, unknown>>;

const SIMPLE_FORMS = 'must be a text, {prefix}, {min, max} or {exists}';
const FORMS = 'must be a text, {prefix}, {min, max}, {exists} or {anyOf}';

/**
 * What the values of some attributes must be. Checked by hand as attributes are, and because of a union's
 * refusal nobody learns what was wrong with the form that was meant.
 */
export const attributeMatches = z.custom<Readonly<Record<string, AttributeMatch>>>(isObject, {
  error: 'must be an object', abort: true,
}).superRefine((value: Fields, context) => {
  const names = Object.keys(value);
  if (!isWithin('attributeCount', names.length)) {
    context.addIssue({ code: 'custom', params: { limit: 'attributeCount', counts: true } });
    return;
  }
  for (const name of names) {
    const issue = issueOfName(name) ?? issueBelow(name, issueOfMatch(value[name]));
    if (issue) context.addIssue({ code: 'custom', ...issue });
  }
}).meta({
  type: 'object',
  maxProperties: limits.attributeCount.max,
  propertyNames: { minLength: limits.attributeNameLength.min, maxLength: limits.attributeNameLength.max },
  additionalProperties: matchSchema(),
});

function issueOfMatch(match: unknown): Issue | undefined {
  if (!isObject(match) || !('anyOf' in match)) return issueOfSimple(match, FORMS);
  const { anyOf, ...rest } = match;
  if (Object.keys(rest).length > 0) return { message: FORMS };
  return issueBelow('anyOf', issueOfList(anyOf));
}

function issueOfList(anyOf: unknown): Issue | undefined {
  if (!Array.isArray(anyOf)) return { message: 'must be an array' };
  if (!isWithin('anyOfCount', anyOf.length)) return { params: { limit: 'anyOfCount', counts: true } };
  return anyOf.map((one, index) => issueBelow(index, issueOfSimple(one, SIMPLE_FORMS))).find(Boolean);
}

function issueOfSimple(match: unknown, otherwise: string): Issue | undefined {
  if (typeof match === 'string') return issueOfText(match);
  if (!isObject(match)) return { message: otherwise };
  switch (Object.keys(match).toSorted().join(' ')) {
    case 'prefix': return issueBelow('prefix', issueOfText(match['prefix']));
    case 'exists': return typeof match['exists'] === 'boolean' ? undefined : { path: ['exists'], message: 'must be true or false' };
    case 'min': case 'max': case 'max min': return issueOfRange(match);
    default: return { message: otherwise };
  }
}

function issueOfRange(range: Fields): Issue | undefined {
  const wrong = Object.keys(range).find((end) => !Number.isFinite(range[end]));
  if (wrong !== undefined) return { path: [wrong], message: 'must be a number' };
  const message = rangeProblem(range);
  return message === undefined ? undefined : { message };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same in OpenAPI. */
function matchSchema() {
  const { min: minItems, max: maxItems } = limits.anyOfCount;
  const text = { type: 'string', maxLength: limits.attributeValueLength.max } as const;
  const simple = [
    text,
    form({ prefix: text }),
    { ...form({ min: { type: 'number' }, max: { type: 'number' } }), description: 'A plain decimal number, from min to max, both included.' },
    form({ exists: { type: 'boolean' } }),
  ];
  return { anyOf: [...simple, form({ anyOf: { type: 'array', items: { anyOf: simple }, minItems, maxItems } })] } as const;
}

function form(properties: Fields) {
  return { type: 'object', properties, minProperties: 1, additionalProperties: false } as const;
}
