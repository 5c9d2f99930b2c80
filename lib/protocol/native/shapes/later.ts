import { z } from 'zod';

/** A field whose feature is not there yet: refused with `NotSupportedYet`, never ignored. */
export const laterField = () => z.unknown()
  .refine(() => false, { params: { kind: 'notSupportedYet' }, error: 'is not supported yet' })
  .meta({ not: {}, description: 'Not supported yet: refused with NotSupportedYet.' })
  .exactOptional();

/** A number that may only be 0 until its feature is there. */
export const zeroUntilLater = () => z.number()
  .refine((value) => value === 0, { params: { kind: 'notSupportedYet' }, error: 'other than 0 is not supported yet' })
  .meta({ type: 'integer', minimum: 0, maximum: 0 });
