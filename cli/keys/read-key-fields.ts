import { WrongUse } from '../failure.ts';
import { type Given, onlyValue } from '../flags.ts';
import type { KeyFields } from './tasks.ts';

/** What the flags say of a key; names and operations themselves are the API's to check. @throws WrongUse */
export function readKeyFields(given: Given, nowMs: number): KeyFields {
  const [description, names, operations] = [onlyValue(given, 'description'), readList(given, 'names'), readList(given, 'operations')];
  const expiresAt = readEnd(onlyValue(given, 'expires'), onlyValue(given, 'expires-in'), nowMs);
  return {
    ...(description === undefined ? {} : { description }), ...(names ? { names } : {}), ...(operations ? { operations } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** A list that is given twice is one list: a scope of which half was dropped would not be seen. */
function readList({ values }: Given, flag: string): readonly string[] | undefined {
  const entries = values[flag]?.flatMap((text) => text.split(',')).map((entry) => entry.trim());
  if (entries?.includes('')) throw new WrongUse(`--${flag} must be texts separated by commas, got an empty one in "${values[flag]?.join(',')}"`);
  return entries;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
const msIn: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** As text for the API, null for never. Whether it lies ahead is for the clock of the API to say. */
function readEnd(at: string | undefined, after: string | undefined, nowMs: number): string | null | undefined {
  if (at !== undefined && after !== undefined) throw new WrongUse('--expires and --expires-in say the same in two ways: give one of them');
  if (after !== undefined) return new Date(nowMs + readAgeMs(after)).toISOString();
  if (at === undefined || rfc3339.test(at)) return at;
  if (at === 'never') return null;
  throw new WrongUse(`--expires must be a time such as 2027-06-30T00:00:00Z, or never, got ${at}`);
}

function readAgeMs(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([smhd])$/.exec(text) ?? [];
  const ageMs = Number(count) * (msIn[unit] ?? Number.NaN);
  if (ageMs > 0) return ageMs;
  throw new WrongUse(`--expires-in must be 1 to 99999 seconds, minutes, hours or days, as 30m, 12h or 90d, got ${text}`);
}
