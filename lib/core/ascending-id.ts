import type { System } from './ports/system.ts';

/** Milliseconds in base 36, until the year 5188. */
const TIME_DIGITS = 9;

/** It begins with the time, so that the newest of what is named so are listed without reading them all. */
export const ascendingId = (system: System): string => `${system.now().toString(36).padStart(TIME_DIGITS, '0')}${system.newId()}`;
