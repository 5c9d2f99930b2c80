import { CallerError } from './errors.ts';
import { checkSize } from './limits.ts';

/**
 * A routing key is words separated by dots, `orders.eu.paid`; a binding key says which routing keys are
 * meant: `*` stands for exactly one word, `#` for any number of them, none included (as in the topic exchanges
 * of AMQP 0-9-1). The empty routing key, which is also that of a message without one, has no words.
 */
export function bindingKeyMatcher(bindingKeys: readonly string[]): (routingKey: string) => boolean {
  const split = bindingKeys.map((key) => ({ key, words: wordsOf(key) }));
  const exact = new Set(split.filter(({ words }) => !words.some(isWildcard)).map(({ key }) => key));
  const patterns = split.filter(({ words }) => words.some(isWildcard)).map(({ words }) => words);
  return (routingKey) => {
    if (exact.has(routingKey)) return true;
    if (patterns.length === 0) return false;
    const words = wordsOf(routingKey);
    return patterns.some((pattern) => matches(pattern, words));
  };
}

/** @throws CallerError `parameterOutOfRange` if it is too long, `malformedRequest` if it is no routing key. */
export function checkRoutingKey(key: string, field = 'routingKey'): void {
  checkSize('routingKeyLength', field, key.length);
  checkSize('routingKeyWords', field, wordsOf(key).length);
  refuse(key, field, routingKeyProblem(key));
}

/** @throws CallerError `parameterOutOfRange` if it is too long, `malformedRequest` if it is no binding key. */
export function checkBindingKey(key: string, field = 'bindingKey'): void {
  checkSize('bindingKeyLength', field, key.length);
  checkSize('bindingKeyWords', field, wordsOf(key).length);
  refuse(key, field, bindingKeyProblem(key));
}

/** What is wrong with its words, however many they are. */
export const routingKeyProblem = (key: string): string | undefined => (
  wordsOf(key).some((word) => word === '' || isWildcard(word)) ? 'must be words separated by dots, none of them empty, "*" or "#"' : undefined
);

/** What is wrong with its words, however many they are. */
export const bindingKeyProblem = (key: string): string | undefined => (
  wordsOf(key).every((word) => isWildcard(word) || /^[^*#]+$/.test(word))
    ? undefined
    : 'must be words separated by dots, none of them empty, with "*" and "#" only as words of their own'
);

/** Of no text, no words: `split` would find one, an empty one. */
export const wordsOf = (key: string): readonly string[] => (key === '' ? [] : key.split('.'));

const isWildcard = (word: string): boolean => word === '*' || word === '#';

/**
 * Only the last `#` met ever has to take another word: whatever an earlier one could take instead, the later one
 * can as well. So it is at most words times words of the pattern, however many `#` there are.
 */
function matches(pattern: readonly string[], words: readonly string[]): boolean {
  let inPattern = 0;
  let inWords = 0;
  let retry: { readonly inPattern: number; readonly inWords: number } | undefined;
  while (inWords < words.length) {
    const wanted = pattern[inPattern];
    if (wanted === '#') {
      inPattern += 1;
      retry = { inPattern, inWords: inWords + 1 };
    } else if (wanted === '*' || wanted === words[inWords]) {
      inPattern += 1;
      inWords += 1;
    } else {
      if (!retry) return false;
      ({ inPattern, inWords } = retry);
      retry = { inPattern, inWords: inWords + 1 };
    }
  }
  return pattern.slice(inPattern).every((word) => word === '#');
}

function refuse(value: string, field: string, problem: string | undefined): void {
  if (problem !== undefined) throw new CallerError('malformedRequest', `${field} ${problem}, got ${JSON.stringify(value)}`, { field, value });
}
