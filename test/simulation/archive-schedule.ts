import { archiveQueues } from '../../lib/housekeeping/archive-queues.ts';
import type { Timing } from './planted/timing.ts';
import { stageFor } from './stage.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TURN_MS = 10 * MINUTE_MS;

/**
 * A table that lets go of segments within a day, so that most of a run is read from the archive. Still
 * longer than a shard may be silent before it is replaced, or its offsets would begin again; and than a
 * repeat under an idempotency key looks for its segment in the table.
 */
const shortHotLife: Partial<Timing> = { hotLifeMs: 26 * HOUR_MS, archiveAfterMs: HOUR_MS, archiveTroubleMs: 13 * HOUR_MS };

export const archiveTiming = ({ profile }: World): Partial<Timing> => (profile.hasShortHotLife ? shortHotLife : {});

/** The schedule that starts the archiver, until the run is over: now and then it dies, stands still, or is started twice. */
export async function archiveForEver(world: World): Promise<void> {
  const stage = stageFor(world, 'archiver');
  const { dice } = stage;
  while (!world.violation) {
    await world.scheduler.sleep(pauseMs(world) * (0.5 + dice.next()));
    const age = world.profile.hasShortHotLife ? { olderThanMs: dice.pick([0, MINUTE_MS, HOUR_MS]) } : {};
    const turn = () => stage.ask('archive', (deps) => archiveQueues(deps, { turnMs: TURN_MS, ...age }));
    await Promise.race(Array.from({ length: dice.chance(0.2) ? 2 : 1 }, turn));
  }
}

/** At the end of a run, which may wait for a message of next year, nothing goes wrong any more: then seldom is enough. */
function pauseMs({ profile, isCalm }: World): number {
  if (!profile.hasShortHotLife) return DAY_MS;
  return isCalm ? 3 * HOUR_MS : 30 * MINUTE_MS;
}
