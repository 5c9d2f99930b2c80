import { limits } from '../../../core/limits.ts';

/** As many of a list, from the first on, as one answer takes: filters may be long. */
export function fitting<Entry>(entries: readonly Entry[]): Entry[] {
  let bytesLeft: number = limits.answerBytes.max;
  return entries.filter((entry) => {
    bytesLeft -= Buffer.byteLength(JSON.stringify(entry));
    return bytesLeft >= 0;
  });
}
