import { z } from 'zod';
import { type EpochMs, epochMs } from '../../../core/time.ts';

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))?$/;

/**
 * RFC 3339; without an offset it is UTC. Parts of a millisecond count as a whole one, so that
 * nothing becomes due early. Undefined when it is not a time, or one that does not exist.
 */
export function parseInstant(text: string): EpochMs | undefined {
  const [, date, time, fraction = '', sign, hours = '0', minutes = '0'] = rfc3339.exec(text) ?? [];
  const wholeMs = Date.parse(`${date}T${time}Z`);
  // Date.parse reads the 30th of February as the 2nd of March, and 24:00:00 as the next day.
  if (Number.isNaN(wholeMs) || renderInstant(epochMs(wholeMs)) !== `${date}T${time}.000Z`) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return epochMs(wholeMs - offsetMs + fractionMs(fraction));
}

function fractionMs(digits: string): number {
  const isBetween = /[1-9]/.test(digits.slice(3));
  return Number(digits.slice(0, 3).padEnd(3, '0')) + (isBetween ? 1 : 0);
}

/** The messages of an answer share most of their times, and a date is dear to write. */
const rendered = new Map<EpochMs, string>();
const RENDERED_MAX = 1000;

export function renderInstant(instant: EpochMs): string {
  const known = rendered.get(instant);
  if (known !== undefined) return known;
  if (rendered.size >= RENDERED_MAX) rendered.clear();
  const text = new Date(instant).toISOString();
  rendered.set(instant, text);
  return text;
}

const toInstant = (text: string, context: z.core.$RefinementCtx<string>): EpochMs => {
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  context.issues.push({ code: 'custom', input: text, message: 'must be an RFC 3339 time that exists, such as 2027-01-31T12:00:00Z' });
  return z.NEVER;
};

/** A time in a request. */
export const instant = z.string().transform(toInstant).meta({ format: 'date-time' });

/** The same in a query, where an unescaped `+` of the offset arrives as a space. */
export const instantText = z.string()
  .transform((text, context) => toInstant(text.replace(/ (?=\d\d:\d\d$)/, '+'), context))
  .meta({ format: 'date-time' });

/** A time in an answer. */
export const instantAnswer = z.string().meta({ format: 'date-time' });
