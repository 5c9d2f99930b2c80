import type { z } from 'zod';
import { CallerError } from '../../core/errors.ts';
import { type LimitName, limits, rangeText } from '../../core/limits.ts';

/** The parts of a zod issue that we read, whatever its code. */
interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  /** Ours, given by the schemas in shapes/: a row of `limits`, whether it counts something, or the kind of the error. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Unknown input, parsed once, into a type that cannot be wrong. `place` names the whole of it in a text.
 * @throws CallerError `malformedRequest`, `parameterOutOfRange` or `notSupportedYet`, naming the first field at fault
 */
export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown, place: string): z.output<Schema> {
  const parsed = schema.safeParse(input, { error: ofUnknownFields });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw toCallerError(issue ?? { code: 'custom', path: [], message: 'is not valid' }, input, place);
}

/** Nothing but their names, unless the schema has more to say. */
const ofUnknownFields = ({ code }: { readonly code?: string }): string | undefined => (code === 'unrecognized_keys' ? '' : undefined);

function toCallerError(issue: Issue, input: unknown, place: string): CallerError {
  const field = fieldName(issue.path) || place;
  if (issue.code === 'unrecognized_keys') return unknownField(issue, place);
  if (issue.params?.['kind'] === 'notSupportedYet') {
    return new CallerError('notSupportedYet', `${field} ${issue.message}`, { field });
  }
  const value = valueAt(input, issue.path);
  const shown = issue.code === 'invalid_value' && typeof value === 'string' ? { value: clip(value) } : {};
  return outOfRange(issue, field, value) ?? new CallerError('malformedRequest', `${field} ${complaint(issue, value)}`, { field, ...shown });
}

function unknownField({ keys = [], path, message }: Issue, place: string): CallerError {
  const field = fieldName([...path, keys[0] ?? '']);
  return new CallerError('malformedRequest', `${place} has no field ${field}${message && `: ${message}`}`, { field });
}

function outOfRange({ params }: Issue, field: string, value: unknown): CallerError | undefined {
  const limit = params?.['limit'];
  if (!isLimitName(limit)) return undefined;
  const { min, max, unit } = limits[limit];
  const refuse = (text: string, shown: unknown) => (
    new CallerError('parameterOutOfRange', `${field} ${text}`, { field, min, max, unit, value: shown })
  );
  if (params?.['counts'] !== true) {
    const shown = typeof value === 'string' ? clip(value) : value;
    return refuse(`must be ${rangeText(limit)}, got ${String(shown)}`, shown);
  }
  const size = typeof params['size'] === 'number' ? params['size'] : sizeOf(value);
  const part = typeof params['part'] === 'string' ? params['part'] : '';
  return refuse(`must have ${part}${min} to ${max} ${unit}, has ${size}`, size);
}

const isLimitName = (name: unknown): name is LimitName => typeof name === 'string' && Object.hasOwn(limits, name);

/** What a limit counts of a value: characters, entries or fields. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function complaint(issue: Issue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${withArticle(String(issue.expected))}, got ${kindOf(value)}`;
  if (issue.code === 'invalid_value') return `must be one of ${(issue.values ?? []).join(', ')}, got ${typeof value === 'string' ? clip(value) : kindOf(value)}`;
  return issue.message;
}

const withArticle = (kind: string): string => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : withArticle(typeof value);
}

/** `entries[3].delaySeconds` */
function fieldName(path: readonly PropertyKey[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${clip(String(key))}`)).join('').replace(/^\./, '');
}

const FIELD_CHARACTERS_SHOWN = 64;

const clip = (text: string): string => (text.length > FIELD_CHARACTERS_SHOWN ? `${text.slice(0, FIELD_CHARACTERS_SHOWN)}…` : text);

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  ), input);
}
