import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import type { Actor, Stage } from '../stage.ts';

/** Empties the queue now and then. */
export const purger: Actor = purgerOf(() => 'orders');

export function purgerOf(nameOf: (stage: Stage) => string): Actor {
  return { enter: (stage) => async () => {
    const { world, dice, ask } = stage;
    if (!dice.chance(0.15)) return;
    const requestedBy = world.switchAsked();
    const name = nameOf(stage);
    await ask('purge', (deps) => purgeQueue(deps, { name, requestedBy }));
  } };
}
