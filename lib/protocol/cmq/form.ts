import { CmqRefusal } from './refusals.ts';

/** What was sent, decoded, by its exact name. */
export type Form = ReadonlyMap<string, string>;

/** More than any action has, and few enough to look through. */
const PARAMETERS_MAX = 1000;

/** No parameter has a name half as long, and the work that each gives is bounded before anything is known of the caller. */
const NAME_CHARACTERS_MAX = 100;

/**
 * A form in the URL or in a body, whatever it is said to be. `+` and `%20` are both a space.
 * @throws CmqRefusal `unreadable` for what is no form, `keyForm` for a name that is too long, `notRepeatable` for one that comes twice
 */
export function parseForm(text: string): Form {
  const form = new Map<string, string>();
  if (text === '') return form;
  const pairs = text.split('&', PARAMETERS_MAX + 1);
  if (pairs.length > PARAMETERS_MAX) throw new CmqRefusal('unreadable', 'parameters');
  for (const pair of pairs) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    if (name.length > NAME_CHARACTERS_MAX) throw new CmqRefusal('keyForm', name);
    if (form.has(name)) throw new CmqRefusal('notRepeatable', name);
    form.set(name, at === -1 ? '' : decode(pair.slice(at + 1)));
  }
  return form;
}

/** A name as it is looked up. In signatures `_` and `.` are the same: then they must be in what is signed, too. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll('_', '.');

/**
 * Of two names that are looked up alike one would count, and whoever can add to a request would choose which.
 * @throws CmqRefusal `notRepeatable`
 */
export function checkDistinct(form: Form): void {
  const seen = new Set<string>();
  for (const name of form.keys()) {
    if (seen.has(plainName(name))) throw new CmqRefusal('notRepeatable', name);
    seen.add(plainName(name));
  }
}

/** @throws CmqRefusal `unreadable` */
export function decodeBody(body: Uint8Array | undefined): string {
  if (!body) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CmqRefusal('unreadable', 'body');
  }
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new CmqRefusal('unreadable', 'parameters');
  }
}
