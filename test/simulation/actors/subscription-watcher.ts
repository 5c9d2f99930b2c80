import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { peekMessages } from '../../../lib/core/queue/peek-messages.ts';
import { describeSubscription } from '../../../lib/core/topic/describe-subscription.ts';
import { describeTopic } from '../../../lib/core/topic/describe-topic.ts';
import { listSubscriptions } from '../../../lib/core/topic/list-subscriptions.ts';
import type { Actor } from '../stage.ts';
import { Violation } from '../violation.ts';
import { pathOf, TOPIC } from './subscriptions.ts';

/** Looks without touching; what it is shown of a subscription is one of that. */
export const subscriptionWatcher: Actor = {
  enter: ({ dice, world, ask }) => async () => {
    const subscription = dice.pick(world.profile.subscriptions);
    const name = pathOf(subscription);
    const known = [...world.book.entries.keys()];
    if (dice.chance(0.3)) await ask('describe subscription', (deps) => describeSubscription(deps, { topic: TOPIC, name: subscription }));
    if (dice.chance(0.1)) await ask('describe topic', (deps) => describeTopic(deps, { name: TOPIC }));
    if (dice.chance(0.1)) await ask('list subscriptions', (deps) => listSubscriptions(deps, { topic: TOPIC, prefix: '', limit: 10 }));
    if (known.length > 0) await ask('find', (deps) => findMessage(deps, { name, messageId: dice.pick(known) }));
    if (!dice.chance(0.3)) return;
    const reply = await ask('peek', (deps) => peekMessages(deps, { name, state: dice.pick(['ready', 'inFlight', 'delayed']), limit: 20 }));
    if (reply.kind !== 'answered') return;
    for (const { messageId } of reply.value.messages) {
      // It may have been made anew since it was asked.
      const entries = world.book.readersNamed(name).map((reader) => world.book.entryOf(reader, messageId)).filter((entry) => entry !== undefined);
      if (entries.length > 0 && entries.every((entry) => world.book.subscriptions.belonging(entry) === 'no')) world.fail(new Violation(10, `${messageId} was shown to ${name}, whose filter does not let it through`, [messageId]));
    }
  },
};
