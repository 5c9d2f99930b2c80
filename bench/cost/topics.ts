import { archiveQueues } from '../../lib/housekeeping/archive-queues.ts';
import { reportQueues } from '../../lib/housekeeping/report-queues.ts';
import type { PathName } from './budget.ts';
import { beyond, callFigure, type Figure, meanFigure } from './figure.ts';
import { pollsOf } from './polls.ts';
import { newTopicStation, type TopicStation } from './topic-station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type TopicName = Extract<PathName, 'publish16To0' | 'publish16To1' | 'publish16To1000' | 'idleTopic' | 'receiveEmptySubscription'>;

const MANY = 1000;
const BATCH = 16;
const SAMPLES = 9;
const PAUSE_MS = 50;

/** What topics cost that queues do not: whatever the number of subscriptions, a publication nothing, and an idle one nothing. */
export async function measureTopics(world: CostWorld): Promise<Record<TopicName, Figure>> {
  const before = await idleHour(world);
  const crowd = await newTopicStation(world, 'crowd', { subscriptions: MANY });
  const idleTopic = beyond(await idleHour(world), before);
  const [none, one] = [await newTopicStation(world, 'unread', { subscriptions: 0 }), await newTopicStation(world, 'read', { subscriptions: 1 })];
  return {
    publish16To0: await measurePublications(none),
    publish16To1: await measurePublications(one),
    publish16To1000: await measurePublications(crowd),
    idleTopic,
    receiveEmptySubscription: await measurePolls(world),
  };
}

async function measurePublications({ world, publish }: TopicStation): Promise<Figure> {
  const calls: Recording<unknown>[] = [];
  for (let sample = 0; sample <= SAMPLES; sample += 1) {
    const call = await publish(BATCH);
    // The first one starts cold.
    if (sample > 0) calls.push(call);
    world.advance(PAUSE_MS);
  }
  return callFigure(calls, BATCH);
}

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** An hour in which nobody calls: the reporter comes once a minute, and the archiver once. */
async function idleHour(world: CostWorld): Promise<Figure> {
  const keeper = world.newProcess();
  const hour = await world.trace.record(async () => {
    for (let minute = 0; minute < MINUTES; minute += 1) {
      await reportQueues(keeper, () => {});
      world.advance(MINUTE_MS);
    }
    await archiveQueues(keeper, { turnMs: MINUTE_MS });
  });
  return meanFigure([hour], { divisor: 1, messages: 0 });
}

async function measurePolls(world: CostWorld): Promise<Figure> {
  const { subscriptions: [consumer] } = await newTopicStation(world, 'quiet', { subscriptions: 1 });
  if (!consumer) throw new Error('a topic without a subscription');
  await pollsOf(world, consumer);
  return pollsOf(world, consumer);
}
