import { changeSubscription, type SubscriptionChanges } from '../../../lib/core/topic/change-subscription.ts';
import { changeTopic } from '../../../lib/core/topic/change-topic.ts';
import type { Actor } from '../stage.ts';
import { filterOf, TOPIC } from './subscriptions.ts';

/** Changes the filters of subscriptions while everybody works, and sometimes back at once. */
export const filterChanger: Actor = {
  enter: ({ dice, world, ask }) => async () => {
    if (!dice.chance(0.5)) return;
    const name = dice.pick(world.profile.subscriptions);
    const filters = Array.from({ length: dice.pick([1, 1, 2]) }, () => filterOf(dice));
    for (const filter of filters) await ask('change filter', (deps) => changeSubscription(deps, { topic: TOPIC, name, changes: { filter } }));
  },
};

/** Changes the other settings of subscriptions, and those of their topic. */
export const topicPatcher: Actor = {
  enter: ({ dice, world, ask }) => async () => {
    if (!dice.chance(0.3)) return;
    if (dice.chance(0.5)) {
      const name = dice.pick(world.profile.subscriptions);
      const settings = dice.pick<NonNullable<SubscriptionChanges['settings']>>([
        { visibilityTimeoutSeconds: dice.pick([1, 5, 60]) }, { deadLetter: dice.pick([null, { queue: 'dead', maxReceiveCount: dice.pick([1, 3]) }]) },
      ]);
      await ask('change subscription', (deps) => changeSubscription(deps, { topic: TOPIC, name, changes: { settings } }));
      return;
    }
    const changes = dice.pick([
      { retentionSeconds: dice.pick([600, 3600, 345_600]) }, { rewindSeconds: dice.pick([0, 3600, 345_600]) },
      { inlineSegmentBytes: dice.pick([0, 200, 16_384]) }, { delaySeconds: dice.pick([0, 1]) },
    ]);
    await ask('change topic', (deps) => changeTopic(deps, { name: TOPIC, changes }));
  },
};
