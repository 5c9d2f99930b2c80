import { checkMayFeed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { QueueSource } from '../ports/queue-table.ts';
import type { DeadLetterPolicy } from '../queue.ts';
import { bounds } from '../timing.ts';
import { definitionNamed, noteSource } from './sources.ts';

/**
 * Before a queue names its dead-letter queue.
 * @throws CallerError `deadLetterQueueNotFound`, `deadLetterCycle`, `accessDenied`
 */
export async function registerDeadLetters(deps: Deps, source: Pick<QueueSource, 'queue' | 'incarnation'>, policy: DeadLetterPolicy): Promise<void> {
  checkMayFeed(deps, policy.queue);
  await refuseCycle(deps, source.queue, policy);
  if (await noteSource(deps, source, policy.queue) === 'noSuchQueue') throw noTarget(policy);
}

/** @throws CallerError `deadLetterCycle` when following the policies from the target leads to `name` */
export async function refuseCycle(deps: Deps, name: string, policy: DeadLetterPolicy): Promise<void> {
  let next: string | undefined = policy.queue;
  for (let steps = 0; next !== undefined && steps < bounds.deadLetterChain; steps += 1) {
    if (next === name) {
      throw new CallerError('deadLetterCycle', `dead letters of ${name} would come back to it through ${policy.queue}`, {
        field: 'deadLetter.queue', value: policy.queue,
      });
    }
    next = (await definitionNamed(deps, next))?.settings.deadLetter?.queue;
  }
}

const noTarget = ({ queue }: DeadLetterPolicy): CallerError =>
  new CallerError('deadLetterQueueNotFound', `deadLetter.queue: there is no queue named ${queue}`, { field: 'deadLetter.queue', value: queue });
