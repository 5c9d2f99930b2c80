import { z } from 'zod';

/** A field whose feature is not there yet: refused with `NotSupportedYet`, never ignored. */
export const laterField = () => z.unknown()
  .refine(() => false, { params: { kind: 'notSupportedYet' }, error: 'is not supported yet' })
  .meta({ not: {}, description: 'Not supported yet: refused with NotSupportedYet.' })
  .exactOptional();
