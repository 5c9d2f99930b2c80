import { z } from 'zod';

/** A field that another kind of thing has: refused with the reason, never ignored. */
export const foreignField = (reason: string) => z.unknown()
  .refine(() => false, { error: reason })
  .meta({ not: {}, description: `Refused: it ${reason}.` })
  .exactOptional();

/** A field whose feature is not there yet: refused with `NotSupportedYet`, never ignored. */
export const laterField = () => z.unknown()
  .refine(() => false, { params: { kind: 'notSupportedYet' }, error: 'is not supported yet' })
  .meta({ not: {}, description: 'Not supported yet: refused with NotSupportedYet.' })
  .exactOptional();
