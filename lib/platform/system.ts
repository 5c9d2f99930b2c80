import { randomInt } from 'node:crypto';
import type { System } from '../core/ports/system.ts';
import { epochMs } from '../core/time.ts';

const ID_LENGTH = 14;
const ID_DIGITS = 36;

/** The one clock, and the one source of dice and ids. */
export const system: System = {
  now: () => epochMs(Date.now()),
  sleep,
  random: () => Math.random(),
  // 14 digits of base 36 are 72 bits: never drawn twice.
  newId: () => Array.from({ length: ID_LENGTH }, () => randomInt(ID_DIGITS).toString(ID_DIGITS)).join(''),
};

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake, { once: true });
    function wake(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    }
  });
}
