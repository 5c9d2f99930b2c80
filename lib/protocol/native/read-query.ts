import { CallerError } from '../../core/errors.ts';
import { decodePercent } from './decode-percent.ts';

/**
 * Parameters of a query, each at most once: of two, one would be ignored.
 * @throws CallerError `malformedRequest`
 */
export function readQuery(query: string): Readonly<Record<string, string>> {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [name, value] = splitPair(pair);
    if (parameters.has(name)) {
      throw new CallerError('malformedRequest', `the query parameter ${name.slice(0, 64)} is given twice`, { field: name.slice(0, 64) });
    }
    parameters.set(name, value);
  }
  return Object.fromEntries(parameters);
}

function splitPair(pair: string): [name: string, value: string] {
  const end = pair.indexOf('=');
  const [name, value] = end < 0 ? [pair, ''] : [pair.slice(0, end), pair.slice(end + 1)];
  return [decodeForm(name), decodeForm(value)];
}

const decodeForm = (text: string): string => decodePercent(text.replaceAll('+', ' '));
