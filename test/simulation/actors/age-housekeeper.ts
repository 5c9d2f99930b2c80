import { moveAged } from '../../../lib/core/age/move-aged.ts';
import { runAgeWatch } from '../../../lib/core/age/run-age-watch.ts';
import type { Deps } from '../../../lib/core/deps.ts';
import { viewByName } from '../../../lib/core/queue/view.ts';
import type { Actor } from '../stage.ts';

/** Moves what is past its age; often while others do, since a runner that stood still does not know that it is one too many. */
export const ageHousekeeper: Actor = {
  enter: ({ dice, ask }) => async () => {
    await ask('move what is past its age', dice.chance(0.5) ? turn(dice.pick([0, 5000, 60_000])) : look);
  },
};

const turn = (ms: number) => async (deps: Deps): Promise<void> => {
  const { definition: { incarnation } } = await viewByName(deps, 'orders', 0);
  await runAgeWatch(deps, { incarnation, turn: { untilMs: deps.system.now() + ms } });
};

async function look(deps: Deps): Promise<void> {
  const view = await viewByName(deps, 'orders', 0);
  const { deadLetter } = view.definition.settings;
  if (deadLetter?.maxAgeSeconds === undefined) return;
  for await (const _step of moveAged(deps, view, deadLetter.maxAgeSeconds * 1000)) { /* to the end */ }
}
