import { z } from 'zod';
import { limits, namePattern } from '../../../core/limits.ts';

const { min, max } = limits.nameLength;

/** The name of a queue. */
export const queueName = z.string()
  .refine((name) => name.length >= min && name.length <= max, { params: { limit: 'nameLength', counts: true }, abort: true })
  .refine((name) => namePattern.test(name), { error: 'must be a letter, then letters, digits, "-" or "_"' })
  .meta({ minLength: min, maxLength: max, pattern: namePattern.source });
