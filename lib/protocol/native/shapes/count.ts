import { z } from 'zod';

/** A whole number in an answer. */
export const count = z.number().meta({ type: 'integer', minimum: 0 });
