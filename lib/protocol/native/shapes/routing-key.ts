import type { z } from 'zod';
import { bindingKeyProblem, routingKeyProblem, wordsOf } from '../../../core/binding-key.ts';
import { isWithin, type LimitName, limits } from '../../../core/limits.ts';
import { boundedText } from './bounded.ts';

/** Words separated by dots. Empty: as if there were none. */
export const routingKey = dottedWords('routingKeyLength', 'routingKeyWords', routingKeyProblem)
  .meta({ description: `At most ${limits.routingKeyWords.max} words, separated by dots; none is empty, "*" or "#".` });

/** Which routing keys are meant. */
export const bindingKey = dottedWords('bindingKeyLength', 'bindingKeyWords', bindingKeyProblem)
  .meta({ description: `At most ${limits.bindingKeyWords.max} words, separated by dots: "*" is any one word, "#" any number of words, also none.` });

function dottedWords(lengthLimit: LimitName, wordsLimit: LimitName, problemOf: (key: string) => string | undefined): z.ZodString {
  return boundedText(lengthLimit).superRefine((key, context) => {
    const words = wordsOf(key).length;
    const message = problemOf(key);
    if (!isWithin(wordsLimit, words)) context.addIssue({ code: 'custom', params: { limit: wordsLimit, counts: true, size: words } });
    else if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}
