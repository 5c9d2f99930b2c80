import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import type { Actor } from '../stage.ts';

/** Changes settings while everybody works. */
export const patcher: Actor = {
  enter: ({ dice, ask }) => async () => {
    if (!dice.chance(0.3)) return;
    const changes = dice.pick([
      { visibilityTimeoutSeconds: dice.pick([1, 5, 60]) },
      { retentionSeconds: dice.pick([600, 3600, 345_600]) },
      { rewindSeconds: dice.pick([0, 3600, 345_600]) },
      { inlineSegmentBytes: dice.pick([0, 200, 16_384]) },
      { delaySeconds: dice.pick([0, 1]) },
      { deadLetter: dice.pick([null, { queue: 'dead', maxReceiveCount: dice.pick([1, 3]) }]) },
    ]);
    await ask('change queue', (deps) => changeQueue(deps, { name: 'orders', changes }));
  },
};
