import { createSubscription } from '../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../lib/core/topic/create-topic.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { archiveForEver, archiveTiming } from './archive-schedule.ts';
import { cast } from './actors/cast.ts';
import { firstFilters, TOPIC } from './actors/subscriptions.ts';
import { drain } from './drain.ts';
import { withTiming } from './planted/timing.ts';
import type { Instance } from './instance.ts';
import { stageFor } from './stage.ts';
import { type Plan, World } from './world.ts';

const STEPS_MAX = 400_000;

/** One run from its beginning to its end; what was found is in the world that is answered. */
export function simulate(plan: Plan): Promise<World> {
  const world = new World(plan);
  return withTiming({ ...archiveTiming(world), ...plan.planted?.timing }, () => run(world));
}

async function run(world: World): Promise<World> {
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

async function setTheStage(world: World): Promise<void> {
  world.isCalm = true;
  const instance = world.newInstance();
  await instance.serve((deps) => createQueue(deps, { name: 'dead', settings: { visibilityTimeoutSeconds: 5 } }));
  if (world.profile.subscriptions.length > 0) await setUpTopic(world, instance);
  else await instance.serve((deps) => createQueue(deps, { name: 'orders', settings: world.settings }));
  if (world.hasSide) await instance.serve((deps) => createQueue(deps, { name: 'side', settings: { visibilityTimeoutSeconds: 5 } }));
  world.isCalm = false;
}

async function setUpTopic(world: World, instance: Instance): Promise<void> {
  const { deadLetter: _, visibilityTimeoutSeconds: _timeout, ...settings } = world.settings;
  await instance.serve((deps) => createTopic(deps, { name: TOPIC, settings }));
  for (const [name, filter] of Object.entries(firstFilters)) {
    if (!world.profile.subscriptions.includes(name)) continue;
    await instance.serve((deps) => createSubscription(deps, { topic: TOPIC, name, settings: world.consumeSettings, filter }));
  }
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
