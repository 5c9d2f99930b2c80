import { CallerError } from '../../core/errors.ts';

/** @throws CallerError `malformedRequest`: the percent-encoding of a path or a query is broken */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new CallerError('malformedRequest', `broken percent-encoding: ${text.slice(0, 64)}`);
  }
}
