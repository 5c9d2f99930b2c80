import { z } from 'zod';
import { isWithin, type LimitName, limits } from '../../../core/limits.ts';

/**
 * Schemas whose bounds are rows of `limits`. The check names its row (`params.limit`, with
 * `counts` when it bounds a size), so that validate.ts can name the limit; OpenAPI shows the same two numbers.
 */
export function wholeNumber(limit: LimitName) {
  const { min, max } = limits[limit];
  return z.number()
    .refine((value) => isWithin(limit, value), { params: { limit } })
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** With parts of one, where the row says so. */
export function anyNumber(limit: LimitName) {
  const { min, max } = limits[limit];
  return z.number().refine((value) => isWithin(limit, value), { params: { limit } }).meta({ minimum: min, maximum: max });
}

/** A whole number, written in a query parameter. */
export function wholeNumberText(limit: LimitName) {
  const { min, max } = limits[limit];
  return z.string()
    .refine((value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max, { params: { limit } })
    .transform(Number)
    .meta({ type: 'integer', minimum: min, maximum: max });
}

export function boundedText(limit: LimitName) {
  const { min, max } = limits[limit];
  return z.string()
    .refine((value) => value.length >= min && value.length <= max, { params: { limit, counts: true }, abort: true })
    .refine(isUnicode, { error: NOT_UNICODE })
    .meta({ minLength: min, maxLength: max });
}

/** The size is checked first: of two million wrong entries, each would be an issue of its own. */
export function boundedList<Item extends z.ZodType>(limit: LimitName, item: Item) {
  const { min, max } = limits[limit];
  return z.preprocess((value, context) => {
    if (!Array.isArray(value) || (value.length >= min && value.length <= max)) return value;
    context.issues.push({ code: 'custom', input: undefined, params: { limit, counts: true } });
    return z.NEVER;
  }, z.array(item)).meta({ minItems: min, maxItems: max });
}

export const NOT_UNICODE = 'must be well-formed Unicode: it has half of a surrogate pair';

/** Half a surrogate pair has no UTF-8: it would come back as another text. */
export const isUnicode = (text: string): boolean => !/\p{Surrogate}/u.test(text);
