/** What the value of one attribute must be: that text, one that begins so, a number in a range, there at all. */
export type SimpleMatch =
  | string
  | { readonly prefix: string }
  | NumberRange
  | { readonly exists: boolean };

/** Both ends included; at least one of them is given. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** Plain data, the same in a request, in the core and in storage. */
export type AttributeMatch = SimpleMatch | { readonly anyOf: readonly SimpleMatch[] };

/** A test of the value of an attribute, undefined where a message has none: that passes `{ exists: false }` alone. */
export function attributeMatcher(match: AttributeMatch): (value: string | undefined) => boolean {
  if (typeof match === 'string') return (value) => value === match;
  if ('prefix' in match) return (value) => value !== undefined && value.startsWith(match.prefix);
  if ('exists' in match) return (value) => (value !== undefined) === match.exists;
  if ('anyOf' in match) {
    const matchers = match.anyOf.map(attributeMatcher);
    return (value) => matchers.some((matches) => matches(value));
  }
  return (value) => value !== undefined && isInRange(value, match);
}

/** Digits with at most one point, as people write numbers: neither `1e3` nor `0x10` nor ` 5` nor `` is one. */
const plainDecimal = /^-?\d+(?:\.\d+)?$/;

/** Compared as double-precision numbers: beyond 2^53 neighbours are the same. */
function isInRange(value: string, { min = -Infinity, max = Infinity }: NumberRange): boolean {
  if (!plainDecimal.test(value)) return false;
  const number = Number(value);
  return number >= min && number <= max;
}

/** What no bound of ours says: a range without an end, with one that is no number, or with both exchanged. */
export function rangeProblem({ min, max }: NumberRange): string | undefined {
  const ends = [min, max].filter((end) => end !== undefined);
  if (ends.length === 0) return 'must have at least one of min, max';
  if (!ends.every(Number.isFinite)) return 'must have numbers as min and max';
  return min !== undefined && max !== undefined && min > max ? `must have a min that is at most its max, got ${min} and ${max}` : undefined;
}
