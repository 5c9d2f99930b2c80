import { simulate } from './simulate.ts';
import type { Plan, World } from './world.ts';

/** Runs spent on making a schedule shorter. */
const RUNS_MAX = 150;

/**
 * The shortest schedule found that still breaks the same invariant: fewer deeds, fewer actors, fewer
 * faults. The rest stays as it was, since each actor and each request has dice of its own.
 */
export async function shrink(failed: World): Promise<World> {
  let best = failed;
  let runs = 0;
  const attempt = async (change: Partial<Plan>): Promise<boolean> => {
    runs += 1;
    if (runs > RUNS_MAX) return false;
    const world = await simulate({ ...best.plan, ...change });
    const isSame = world.violation?.invariant === failed.violation?.invariant;
    if (isSame) best = world;
    return isSame;
  };

  let deeds = best.profile.operations;
  while (deeds > 1 && await attempt({ operationsMax: Math.ceil(deeds / 2) })) deeds = Math.ceil(deeds / 2);
  for (const [kind, count] of failed.profile.cast) {
    for (let at = count; at >= 1; at -= 1) await attempt({ without: new Set([...best.plan.without ?? [], `${kind}${at}`]) });
  }
  await leaveOutFaults(() => best.faultPlaces, (faults) => attempt({ faults: new Set(faults) }));
  await attempt({ faults: new Set(best.faultPlaces) });
  return best;
}

/** All, then halves, then quarters … of the faults that are left. */
async function leaveOutFaults(left: () => readonly string[], tryWith: (faults: readonly string[]) => Promise<boolean>): Promise<void> {
  for (let size = left().length; size >= 1; size = Math.floor(size / 2)) {
    const places = [...left()];
    for (let at = 0; at < places.length; at += size) {
      const gone = new Set(places.slice(at, at + size));
      await tryWith(left().filter((place) => !gone.has(place)));
    }
  }
}
