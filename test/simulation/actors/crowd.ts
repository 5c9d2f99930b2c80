import type { Actor } from '../stage.ts';
import { entryOf, send } from './sender.ts';

const CROWD = 12;

/** A burst of senders at once, so that shards grow, and fall idle after it. */
export const crowd: Actor = {
  enter: (stage) => async () => {
    if (!stage.dice.chance(0.3)) return;
    const members = Array.from({ length: CROWD }, async () => {
      for (let count = 0; count < 3; count += 1) await send(stage, 'send in a crowd', { name: 'orders', entries: [entryOf(stage, 0)] });
    });
    await Promise.all(members);
  },
};
