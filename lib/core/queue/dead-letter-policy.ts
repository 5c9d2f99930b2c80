import { checkMayFeed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { DeadLetterSource, Definition } from '../ports/queue-table.ts';
import type { DeadLetterPolicy } from '../queue.ts';
import { bounds, timing } from '../timing.ts';
import { changeDefinition } from './change-definition.ts';
import { entryNamed, viewOf } from './view.ts';

/** A queue that names, or is about to name, a dead-letter queue. */
type Source = Pick<DeadLetterSource, 'queue' | 'incarnation'>;

/**
 * Note at the target that it is in use, before the source names it: so at no moment is a queue named
 * that can be deleted. Stored at the target, since that is what a deletion reads.
 * @throws CallerError `deadLetterQueueNotFound`, `deadLetterCycle`, `accessDenied`
 */
export async function registerSource(deps: Deps, source: Source, policy: DeadLetterPolicy): Promise<void> {
  checkMayFeed(deps, policy.queue);
  const target = await definitionNamed(deps, policy.queue);
  if (!target) throw noTarget(policy);
  await refuseCycle(deps, source.queue, policy);
  const sinceMs = deps.system.now();
  await changeDefinition(deps, target.incarnation, ({ deadLetterSources }) => ({
    deadLetterSources: [
      ...deadLetterSources.filter(({ incarnation }) => incarnation !== source.incarnation), { ...source, sinceMs },
    ],
  }));
}

/** The opposite, after the source has stopped naming it. A target that is gone needs nothing. */
export async function forgetSource(deps: Deps, source: Source, policy: DeadLetterPolicy): Promise<void> {
  const target = await definitionNamed(deps, policy.queue);
  if (!target) return;
  await changeDefinition(deps, target.incarnation, ({ deadLetterSources }) => {
    const others = deadLetterSources.filter(({ incarnation }) => incarnation !== source.incarnation);
    return others.length < deadLetterSources.length ? { deadLetterSources: others } : undefined;
  });
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

/**
 * The queues that really send their dead letters here. A note may be left over from a creation or a
 * change that died half way; a young one is believed, since that may still be under way.
 */
export async function sourcesInUse(deps: Deps, definition: Definition): Promise<readonly DeadLetterSource[]> {
  const nowMs = deps.system.now();
  const inUse = await Promise.all(definition.deadLetterSources.map(async (source) => {
    const isYoung = nowMs - source.sinceMs < timing.referenceGraceMs;
    return isYoung ? await viewOf(deps, source.incarnation, 0) !== undefined : namesTarget(deps, source, definition.name);
  }));
  return definition.deadLetterSources.filter((_, at) => inUse[at]);
}

async function namesTarget(deps: Deps, { queue, incarnation }: Source, target: string): Promise<boolean> {
  const definition = await definitionNamed(deps, queue);
  return definition?.incarnation === incarnation && definition.settings.deadLetter?.queue === target;
}

async function definitionNamed(deps: Deps, name: string): Promise<Definition | undefined> {
  const entry = await entryNamed(deps, name);
  return entry && (await viewOf(deps, entry.incarnation, 0))?.definition;
}

const noTarget = ({ queue }: DeadLetterPolicy): CallerError =>
  new CallerError('deadLetterQueueNotFound', `deadLetter.queue: there is no queue named ${queue}`, { field: 'deadLetter.queue', value: queue });
