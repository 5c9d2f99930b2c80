import { describeQueue } from '../../../lib/core/queue/describe-queue.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { peekMessages } from '../../../lib/core/queue/peek-messages.ts';
import type { Actor } from '../stage.ts';

/** Looks without touching: nothing it does may disturb anybody, and nothing may make it fail. */
export const watcher: Actor = {
  enter: ({ dice, world, ask }) => async () => {
    const known = [...world.book.entries.keys()];
    if (dice.chance(0.3)) await ask('describe', (deps) => describeQueue(deps, { name: 'orders' }));
    if (dice.chance(0.3)) await ask('peek', (deps) => peekMessages(deps, { name: 'orders', state: dice.pick(['ready', 'inFlight', 'delayed']), limit: 20 }));
    if (known.length > 0) await ask('find', (deps) => findMessage(deps, { name: 'orders', messageId: dice.pick(known) }));
  },
};
