import type { Deps } from '../deps.ts';
import type { Definition, QueueSource } from '../ports/queue-table.ts';
import { timing } from '../timing.ts';
import { changeDefinition } from './change-definition.ts';
import { entryNamed, viewOf } from './view.ts';

/**
 * What lets its messages flow into a queue: another queue, or a subscription, whose dead letters it takes, and a
 * subscription that is pushed to it. Noted at the queue, since that is what a deletion of it reads.
 */
type Source = Pick<QueueSource, 'queue' | 'incarnation'>;

/** The queues that messages flow into. */
export const targetsOf = ({ settings: { deadLetter }, subscription }: Pick<Definition, 'settings' | 'subscription'>): readonly string[] => {
  const delivery = subscription?.push?.delivery;
  return [...(deadLetter ? [deadLetter.queue] : []), ...(delivery?.kind === 'queue' ? [delivery.queue] : [])];
};

/** Before the source names it: so at no moment is a queue named that can be deleted. */
export async function noteSource(deps: Deps, source: Source, target: string): Promise<'noted' | 'noSuchQueue'> {
  const definition = await definitionNamed(deps, target);
  if (!definition) return 'noSuchQueue';
  const sinceMs = deps.system.now();
  await changeDefinition(deps, definition.incarnation, ({ sources }) => ({
    sources: [...sources.filter(({ incarnation }) => incarnation !== source.incarnation), { ...source, sinceMs }],
  }));
  return 'noted';
}

/** The opposite, after the source has stopped naming it, unless it does so in another way. A target that is gone needs nothing. */
export async function forgetSource(deps: Deps, source: Source, target: string): Promise<void> {
  const definition = await definitionNamed(deps, target);
  if (!definition) return;
  await changeDefinition(deps, definition.incarnation, async ({ sources }) => {
    const others = sources.filter(({ incarnation }) => incarnation !== source.incarnation);
    return others.length < sources.length && !await namesTarget(deps, source, target) ? { sources: others } : undefined;
  });
}

/** After a change, for the queues that are not named any more. */
export async function forgetFormer(deps: Deps, before: Definition, after: Definition): Promise<void> {
  const left = targetsOf(before).filter((target) => !targetsOf(after).includes(target));
  for (const target of left) await forgetSource(deps, { queue: before.name, incarnation: before.incarnation }, target);
}

/**
 * Those whose messages really flow here. A note may be left over from a creation or a change that died half way; a
 * young one is believed, since that may still be under way.
 */
export async function sourcesInUse(deps: Deps, definition: Definition): Promise<readonly QueueSource[]> {
  const nowMs = deps.system.now();
  const inUse = await Promise.all(definition.sources.map(async (source) => {
    const isYoung = nowMs - source.sinceMs < timing.referenceGraceMs;
    return isYoung ? await viewOf(deps, source.incarnation, 0) !== undefined : namesTarget(deps, source, definition.name);
  }));
  return definition.sources.filter((_, at) => inUse[at]);
}

async function namesTarget(deps: Deps, { queue, incarnation }: Source, target: string): Promise<boolean> {
  const definition = await definitionNamed(deps, queue);
  return definition?.incarnation === incarnation && targetsOf(definition).includes(target);
}

/** As it is now; undefined when there is none. */
export async function definitionNamed(deps: Deps, name: string): Promise<Definition | undefined> {
  const entry = await entryNamed(deps, name);
  return entry && (await viewOf(deps, entry.incarnation, 0))?.definition;
}
