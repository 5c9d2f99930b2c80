import { z } from 'zod';
import { isWithin, limits } from '../../../core/limits.ts';
import { isUnicode, NOT_UNICODE } from './bounded.ts';

type Attributes = Readonly<Record<string, string>>;

/**
 * Attributes of a message: names and texts. Checked by hand, not by `z.record`: that one drops a
 * field named `__proto__` in silence, and costs three times as much.
 */
export const attributes = z.custom<Attributes>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
  error: 'must be an object of texts', abort: true,
}).superRefine((value, context) => {
  const names = Object.keys(value);
  if (!isWithin('attributeCount', names.length)) {
    context.addIssue({ code: 'custom', params: { limit: 'attributeCount', counts: true } });
    return;
  }
  for (const name of names) {
    const issue = issueOf(name, value[name]);
    if (issue) context.addIssue({ code: 'custom', ...issue });
  }
}).meta({
  type: 'object',
  maxProperties: limits.attributeCount.max,
  propertyNames: { minLength: limits.attributeNameLength.min, maxLength: limits.attributeNameLength.max },
  additionalProperties: { type: 'string', maxLength: limits.attributeValueLength.max },
});

/** What is wrong with a value that is checked by hand, and where in it. */
export interface Issue {
  readonly path?: (string | number)[];
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The same, seen from one level higher. */
export const issueBelow = (step: string | number, issue: Issue | undefined): Issue | undefined => issue && { ...issue, path: [step, ...issue.path ?? []] };

const issueOf = (name: string, text: unknown): Issue | undefined => issueOfName(name) ?? issueBelow(name, issueOfText(text));

/** What is wrong with the name of an attribute. */
export function issueOfName(name: string): Issue | undefined {
  if (!isWithin('attributeNameLength', name.length)) {
    return { params: { limit: 'attributeNameLength', counts: true, part: 'names of ', size: name.length } };
  }
  return name === '__proto__' || !isUnicode(name) ? { path: [name], message: 'is not a name an attribute can have' } : undefined;
}

/** What is wrong with the value of an attribute. */
export function issueOfText(text: unknown): Issue | undefined {
  if (typeof text !== 'string') return { message: 'must be a text' };
  if (!isWithin('attributeValueLength', text.length)) return { params: { limit: 'attributeValueLength', counts: true } };
  return isUnicode(text) ? undefined : { message: NOT_UNICODE };
}
