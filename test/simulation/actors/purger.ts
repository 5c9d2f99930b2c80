import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import type { Actor } from '../stage.ts';

/** Empties the queue now and then. */
export const purger: Actor = {
  enter: ({ world, dice, ask }) => async () => {
    if (!dice.chance(0.15)) return;
    const requestedBy = world.switchAsked();
    await ask('purge', (deps) => purgeQueue(deps, { name: 'orders', requestedBy }));
  },
};
