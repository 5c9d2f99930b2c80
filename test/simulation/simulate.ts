import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { archiveQueues } from '../../lib/housekeeping/archive-queues.ts';
import { cast } from './actors/cast.ts';
import { drain } from './drain.ts';
import { withTiming } from './planted/timing.ts';
import { stageFor } from './stage.ts';
import { type Plan, World } from './world.ts';

const STEPS_MAX = 400_000;
const ARCHIVER_EVERY_MS = 86_400_000;
const ARCHIVER_TURN_MS = 600_000;

/** One run from its beginning to its end; what was found is in the world that is answered. */
export function simulate(plan: Plan): Promise<World> {
  return withTiming(plan.planted?.timing ?? {}, () => run(plan));
}

async function run(plan: Plan): Promise<World> {
  const world = new World(plan);
  let isDone = false;
  play(world).catch((error: unknown) => world.reported(error)).finally(() => { isDone = true; });
  try {
    await world.scheduler.runUntil(() => isDone || world.violation !== undefined, STEPS_MAX);
  } catch (error) {
    world.reported(error);
  }
  return world;
}

async function play(world: World): Promise<void> {
  await setTheStage(world);
  if (world.profile.hasArchive) void archiveForEver(world);
  const names = [...world.profile.cast].flatMap(([kind, count]) => Array.from({ length: count }, (_, at) => ({ kind, name: `${kind}${at + 1}` })));
  await Promise.all(names.map(({ kind, name }) => perform(world, kind, name)));
  await drain(world);
}

/** The schedule that starts the archiver, until the run is over: now and then it dies, or stands still. */
async function archiveForEver(world: World): Promise<void> {
  const stage = stageFor(world, 'archiver');
  while (!world.violation) {
    await world.scheduler.sleep(ARCHIVER_EVERY_MS * (0.5 + stage.dice.next()));
    await stage.ask('archive', (deps) => archiveQueues(deps, { turnMs: ARCHIVER_TURN_MS }));
  }
}

async function setTheStage(world: World): Promise<void> {
  world.isCalm = true;
  const instance = world.newInstance();
  await instance.serve((deps) => createQueue(deps, { name: 'dead', settings: { visibilityTimeoutSeconds: 5 } }));
  await instance.serve((deps) => createQueue(deps, { name: 'orders', settings: world.settings }));
  world.isCalm = false;
}

async function perform(world: World, kind: string, name: string): Promise<void> {
  const actor = cast[kind];
  if (!actor) throw new Error(`no actor is named ${kind}`);
  if (world.plan.without?.has(name)) return;
  const stage = stageFor(world, name);
  const act = actor.enter(stage);
  const { operations, pauseMs } = world.profile;
  for (let deeds = 0; deeds < Math.min(operations, world.plan.operationsMax ?? operations); deeds += 1) {
    await world.scheduler.sleep(stage.dice.magnitude(pauseMs.min, pauseMs.max));
    await act();
  }
}
