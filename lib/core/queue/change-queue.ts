import { noteAgeWatch, startAgeWatch } from '../age/age-watches.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Notes, Queue, QueueSettings } from '../queue.ts';
import { changeDefinition } from './change-definition.ts';
import { refuseCycle, registerDeadLetters } from './dead-letter-policy.ts';
import { checkSettings } from './settings.ts';
import { forgetSource } from './sources.ts';
import { viewByName } from './view.ts';

/** Absent: stays. `deadLetter: null` takes the policy away. */
export type QueueChanges = Partial<Omit<QueueSettings, 'deadLetter'>> & {
  readonly deadLetter?: QueueSettings['deadLetter'] | null;
};

export interface ChangeQueueRequest {
  readonly name: string;
  readonly changes: QueueChanges;
  /** In place of all there are; absent: they stay. */
  readonly notes?: Notes | undefined;
}

/**
 * Change settings. This process uses them at once, others within a minute; a longer retention applies
 * to later sends, a shorter one to all messages.
 * @throws CallerError `queueNotFound`, `parameterOutOfRange`, `notSupportedYet`,
 * `deadLetterQueueNotFound`, `deadLetterCycle`
 */
export async function changeQueue(deps: Deps, { name, changes, notes }: ChangeQueueRequest): Promise<Queue> {
  const { definition } = await viewByName(deps, name, 0);
  const { incarnation } = definition;
  const before = definition.settings.deadLetter;
  checkSettings(changed(definition.settings, changes));
  const source = { queue: name, incarnation };
  if (changes.deadLetter) await registerDeadLetters(deps, source, changes.deadLetter);
  const isByAge = changes.deadLetter?.maxAgeSeconds !== undefined;
  if (isByAge) await noteAgeWatch(deps, incarnation);

  const next = await changeDefinition(deps, incarnation, ({ settings }) => ({
    settings: changed(settings, changes), changedAtMs: deps.system.now(), ...(notes ? { notes } : {}),
  }));
  if (changes.deadLetter) await undoCycle(deps, next, before);
  const isReplaced = before && changes.deadLetter !== undefined && changes.deadLetter?.queue !== before.queue;
  if (isReplaced) await forgetSource(deps, source, before.queue);
  if (isByAge) await startAgeWatch(deps, incarnation);
  return next;
}

/** Two changes at once could close a circle that neither saw; whoever sees it now takes its part back. */
async function undoCycle(deps: Deps, queue: Queue, before: QueueSettings['deadLetter']): Promise<void> {
  const policy = queue.settings.deadLetter;
  if (!policy) return;
  try {
    await refuseCycle(deps, queue.name, policy);
  } catch (error) {
    if (!(error instanceof CallerError)) throw error;
    await changeDefinition(deps, queue.incarnation, ({ settings }) => ({ settings: changed(settings, { deadLetter: before ?? null }) }));
    throw error;
  }
}

function changed(settings: QueueSettings, { deadLetter, ...numbers }: QueueChanges): QueueSettings {
  const { deadLetter: old, ...rest } = settings;
  const policy = deadLetter === undefined ? old : deadLetter ?? undefined;
  return { ...rest, ...numbers, ...(policy ? { deadLetter: policy } : {}) };
}
