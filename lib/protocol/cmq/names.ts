import { namePattern } from '../../core/limits.ts';
import { cmqLimits } from './limits.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal, type RefusalName } from './refusals.ts';

const formOf = { queueName: 'queueNameForm', topicName: 'topicNameForm', subscriptionName: 'subscriptionNameForm' } as const satisfies Record<string, RefusalName>;

type NameParameter = keyof typeof formOf;

/**
 * The name of something that is there, in whatever dialect it was made.
 * @throws CmqRefusal `missing`, or that its form is wrong
 */
export function nameIn(params: Parameters, parameter: NameParameter): string {
  const name = params.text(parameter);
  if (namePattern.test(name)) return name;
  throw new CmqRefusal(formOf[parameter]);
}

/** The name of something to be made here: shorter, as clients of this dialect check it. */
export function newNameIn(params: Parameters, parameter: NameParameter): string {
  const name = nameIn(params, parameter);
  if (name.length <= cmqLimits.nameLength.max) return name;
  throw new CmqRefusal(formOf[parameter]);
}
