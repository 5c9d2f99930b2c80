import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { RegistryEntry } from '../ports/queue-table.ts';
import { changeDefinition } from '../queue/change-definition.ts';
import { inParallel } from '../queue/in-parallel.ts';
import type { Queue } from '../queue.ts';
import { logOf } from '../subscription.ts';
import { wakePush } from './wake-push.ts';

/**
 * Of a topic, those of its subscriptions that are pushed: so that a publication finds them, however many others there
 * are. By incarnation and not by name, for which two creations may compete.
 */
const registryOf = (topic: string): string => `${topic}.push`;

const entryOf = (incarnation: string): RegistryEntry => ({ registry: registryOf(logOf(incarnation)), name: incarnation, incarnation });

/**
 * Before a subscription is a pushed one: publications to its topic are marked from then on, by others within a
 * minute, so that they wake the job. Always written, so that whoever takes the mark away at the same time looks again.
 * @throws CallerError `topicNotFound`, `queueIsChanging`
 */
export async function notePushed(deps: Deps, { incarnation }: Pick<Queue, 'incarnation'>): Promise<void> {
  await deps.queues.putName(entryOf(incarnation));
  await changeDefinition(deps, logOf(incarnation), () => ({ isPushed: true }));
}

/** After it has ceased to be one: without any the mark goes, and publishing wakes nobody. */
export async function forgetPushed(deps: Deps, { incarnation }: Pick<Queue, 'incarnation'>): Promise<void> {
  await deps.queues.deleteName(entryOf(incarnation));
  const topic = logOf(incarnation);
  try {
    await changeDefinition(deps, topic, async ({ isPushed }) => {
      const left = await deps.queues.listNames({ registry: registryOf(topic), prefix: '', limit: 1 });
      return isPushed && left.length === 0 ? { isPushed: false } : undefined;
    });
  } catch (error) {
    // The topic is on its way out itself.
    if (!(error instanceof CallerError && error.kind === 'topicNotFound')) throw error;
  }
}

const PAGE = 1000;

/** Something was published to a topic: tell its pushed subscriptions. */
export async function wakePushes(deps: Deps, topic: string): Promise<void> {
  let after: string | undefined;
  do {
    const page: readonly RegistryEntry[] = await deps.queues.listNames({ registry: registryOf(topic), prefix: '', limit: PAGE, ...(after === undefined ? {} : { after }) });
    await inParallel(page, ({ incarnation }) => wakePush(deps, incarnation));
    after = page.length < PAGE ? undefined : page[page.length - 1]?.name;
  } while (after !== undefined);
}
