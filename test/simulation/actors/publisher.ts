import type { SendEntry } from '../../../lib/core/queue/send-messages.ts';
import type { Dice } from '../dice.ts';
import type { Actor, Stage } from '../stage.ts';
import { cancel, later } from './delayer.ts';
import { crowdAt } from './crowd.ts';
import { repeaterTo } from './repeater.ts';
import { entryOf, send } from './sender.ts';
import { subscriptionOf, TOPIC } from './subscriptions.ts';

const name = `${TOPIC}/`;

/** Publishes batches with tags, routing keys and attributes, at once and for later; of the latter it takes some away from one subscription. */
export const publisher: Actor = {
  enter(stage) {
    const { dice, world } = stage;
    const cancellable: string[] = [];
    return async () => {
      if (cancellable.length > 0 && dice.chance(0.1)) {
        await cancel(stage, subscriptionOf(stage), cancellable.splice(dice.between(0, cancellable.length - 1), 1));
        return;
      }
      // Of one batch some may be for later; then it is parted.
      const delayed = dice.pick([0, 0, 0, 1, 0.5]);
      const count = dice.pick(world.profile.batches);
      // Of one kind, as an import is: a group that none of it is for passes over hundreds.
      const labels = dice.chance(0.2) ? labelsOf(dice) : undefined;
      const entries = Array.from({ length: count }, () => ({ ...publicationOf(stage, labels), ...(dice.chance(delayed) ? later(stage) : {}) }));
      const reply = await send(stage, delayed > 0 ? 'publish delayed' : 'publish', { name, entries });
      if (reply.kind === 'answered' && delayed === 1) cancellable.push(...reply.value.slice(0, 3));
    };
  },
};

/** A burst of publishers at once, so that the shards of the topic grow, and fall idle after it. */
export const publisherCrowd: Actor = crowdAt({
  name, operation: 'publish in a crowd',
  newEntry: (stage) => ({ ...publicationOf(stage, labelsOf(stage.dice), 0), ...(stage.dice.chance(0.2) ? { delaySeconds: 1 } : {}) }),
});

/** Publishes under an idempotency key, and again. */
export const publishRepeater: Actor = repeaterTo({ name, operation: 'publish once', newEntry: (stage) => publicationOf(stage, labelsOf(stage.dice), 10) });

const words = ['eu', 'us', 'paid', 'open'] as const;

/** What filters look at. */
type Labels = Pick<SendEntry, 'tags' | 'attributes' | 'routingKey'>;

const publicationOf = (stage: Stage, labels: Labels = labelsOf(stage.dice), paddingBytes?: number): SendEntry => ({ ...entryOf(stage, paddingBytes), ...labels });

/** One in ten is `rare`, some have neither tags nor a routing key. */
function labelsOf(dice: Dice): Labels {
  const tags = [...(dice.chance(0.1) ? ['rare'] : []), ...(dice.chance(0.5) ? ['often'] : [])];
  const keys = Array.from({ length: dice.between(0, 3) }, () => dice.pick(words));
  return { tags, attributes: dice.chance(0.3) ? { kind: dice.pick(['new', 'old']) } : {}, ...(keys.length > 0 ? { routingKey: keys.join('.') } : {}) };
}
