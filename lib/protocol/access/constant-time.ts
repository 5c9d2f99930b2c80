import { timingSafeEqual } from 'node:crypto';

/** How long it takes does not say where the two differ. */
export const equalInConstantTime = (wanted: Uint8Array, given: Uint8Array): boolean =>
  wanted.byteLength === given.byteLength && timingSafeEqual(wanted, given);
