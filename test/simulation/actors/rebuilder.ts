import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import type { Actor } from '../stage.ts';

/** Deletes the queue and makes it again under the same name, while others use it. */
export const rebuilder: Actor = {
  enter: (stage) => async () => {
    const { dice, world, ask } = stage;
    if (dice.chance(0.15)) await ask('delete queue', (deps) => deleteQueue(deps, { name: 'orders' }));
    await ask('create queue', (deps) => createQueue(deps, { name: 'orders', settings: world.settings }));
  },
};
