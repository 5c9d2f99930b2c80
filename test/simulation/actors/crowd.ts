import type { Actor, Stage } from '../stage.ts';
import type { SendEntry } from '../../../lib/core/queue/send-messages.ts';
import { entryOf, send } from './sender.ts';

const CROWD = 12;

/** A burst of senders at once, so that shards grow, and fall idle after it. */
export const crowd: Actor = crowdAt({ name: 'orders', operation: 'send in a crowd', newEntry: (stage) => entryOf(stage, 0) });

export interface Crowded {
  readonly name: string;
  readonly operation: string;
  readonly newEntry: (stage: Stage) => SendEntry;
}

export function crowdAt({ name, operation, newEntry }: Crowded): Actor {
  return { enter: (stage) => async () => {
    if (!stage.dice.chance(0.3)) return;
    const members = Array.from({ length: CROWD }, async () => {
      for (let count = 0; count < 3; count += 1) await send(stage, operation, { name, entries: [newEntry(stage)] });
    });
    await Promise.all(members);
  } };
}
