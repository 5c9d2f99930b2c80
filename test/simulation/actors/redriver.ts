import { readRedrive, runRedrive, startRedrive } from '../../../lib/core/queue/redrive.ts';
import type { Actor } from '../stage.ts';

/** Moves dead letters back, and goes on with what others left behind. */
export const redriver: Actor = redriverTo('orders');

export function redriverTo(target: string): Actor {
  return { enter: (stage) => async () => {
    const { dice, world, ask } = stage;
    if (dice.chance(0.3)) {
      const to = dice.chance(0.3) ? { to: target } : {};
      await ask('start redrive', (deps) => startRedrive(deps, { name: 'dead', ...to }));
    }
    const job = world.redrives.length > 0 ? dice.pick(world.redrives) : undefined;
    if (!job) return;
    if (dice.chance(0.3)) await ask('read redrive', (deps) => readRedrive(deps, { name: 'dead', redriveId: job.redriveId }));
    await ask('run redrive', (deps) => runRedrive(deps, { ...job, untilMs: deps.system.now() + dice.pick([0, 5000, 60_000]) }));
  } };
}
