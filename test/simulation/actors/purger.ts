import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import type { Actor } from '../stage.ts';

/** Empties the queue now and then. */
export const purger: Actor = {
  enter: (stage) => async () => {
    const { world, dice } = stage;
    if (!dice.chance(0.15)) return;
    const askedAtMs = world.switchAsked('orders');
    const reply = await stage.ask('purge', (deps) => purgeQueue(deps, { name: 'orders' }));
    // Without an answer it may still take effect.
    if (reply.kind !== 'unknown') world.switchEnded('orders', askedAtMs);
  },
};
