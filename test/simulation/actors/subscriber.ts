import type { Deps } from '../../../lib/core/deps.ts';
import { type EpochMs, epochMs } from '../../../lib/core/time.ts';
import { createSubscription } from '../../../lib/core/topic/create-subscription.ts';
import { deleteSubscription } from '../../../lib/core/topic/delete-subscription.ts';
import type { Actor, Stage } from '../stage.ts';
import type { StartTruth } from '../subscription-book.ts';
import type { World } from '../world.ts';
import { anyMessage } from './rewinder.ts';
import { filterOf, TOPIC } from './subscriptions.ts';

/** Subscribes in the middle of a run, from now, from a time or from a message on; deletes one subscription and makes it again. */
export const subscriber: Actor = {
  enter: (stage) => async () => {
    const { dice, world, ask } = stage;
    const names = world.profile.subscriptions.filter((name) => name === 'late' || name === 'again');
    if (names.length === 0 || dice.chance(0.6)) return;
    const name = dice.pick(names);
    if (name === 'again' && dice.chance(0.4)) await ask('delete subscription', (deps) => deleteSubscription(deps, { topic: TOPIC, name }));
    else await subscribe(stage, name);
  },
};

async function subscribe(stage: Stage, name: string): Promise<void> {
  const { dice, world, ask } = stage;
  const from = startOf(stage);
  const filter = filterOf(dice);
  const askedAtMs = world.scheduler.nowMs;
  await ask('create subscription', (deps) => {
    const start: StartTruth = { askedAtMs, ...truthOf(world, deps, from) };
    return createSubscription(noting(deps, world, start), { topic: TOPIC, name, settings: world.consumeSettings, filter, ...(from ? { from } : {}) });
  });
}

type From = { readonly atMs: EpochMs } | { readonly messageId: string };

function startOf(stage: Stage): From | undefined {
  const { dice, world } = stage;
  const messageId = dice.chance(0.3) ? anyMessage(stage, `${TOPIC}/`) : undefined;
  if (messageId !== undefined) return { messageId };
  if (dice.chance(0.4)) return undefined;
  return { atMs: epochMs(Math.floor(world.scheduler.nowMs - dice.magnitude(1, dice.pick([1000, 60_000, 3_600_000, 86_400_000])))) };
}

function truthOf({ book }: World, { system }: Deps, from: From | undefined): Omit<StartTruth, 'askedAtMs'> {
  if (!from) return { notBeforeMs: system.now() };
  if ('atMs' in from) return { notBeforeMs: from.atMs, certainMs: from.atMs };
  const atMs = book.entries.get(from.messageId)?.enqueuedAtMs ?? 0;
  return { notBeforeMs: atMs, certainMs: atMs, messageId: from.messageId };
}

/** Where it was asked to begin, known by the incarnation that it is going to be. */
const noting = (deps: Deps, { book }: World, start: StartTruth): Deps => ({
  ...deps,
  queues: {
    ...deps.queues,
    putDefinition(definition) {
      book.subscriptions.starts.set(definition.incarnation, start);
      return deps.queues.putDefinition(definition);
    },
  },
});
