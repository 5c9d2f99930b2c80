import type { SubscriptionFilter } from '../../../lib/core/subscription-filter.ts';
import { subscriptionName } from '../../../lib/core/queue/names.ts';
import type { Dice } from '../dice.ts';
import type { Stage } from '../stage.ts';

export const TOPIC = 'events';

/** There from the beginning, with these filters. */
export const firstFilters: Readonly<Record<string, SubscriptionFilter>> = {
  all: {}, rare: { tags: ['rare'] }, bound: { bindingKeys: ['eu.*', '#.paid'] },
};

/** `late` is made in the middle of a run, `again` deleted and made again. */
export const subscriptionNames = [...Object.keys(firstFilters), 'late', 'again'] as const;

export const pathOf = (subscription: string): string => subscriptionName({ topic: TOPIC, subscription });

/** One of those of the run, as consumers name it. */
export const subscriptionOf = ({ dice, world }: Stage): string => pathOf(dice.pick(world.profile.subscriptions));

export const filterOf = (dice: Dice): SubscriptionFilter => dice.pick<SubscriptionFilter>([
  {}, { tags: ['rare'] }, { tags: ['often'] }, { tags: ['often', 'rare'] }, { bindingKeys: ['eu.#'] }, { bindingKeys: ['*.paid', 'us.#'] },
  { attributes: { kind: 'new' } }, { tags: ['often'], bindingKeys: ['#.paid'] },
]);
