import type { PathName } from './budget.ts';
import { callFigure, type Figure, meanFigure } from './figure.ts';
import { newTopicStation, type TopicStation } from './topic-station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type FilterName = Extract<PathName, 'receiveFiltered1' | 'receiveFiltered16' | 'receiveUnwanted'>;

/** One publication in so many is for the subscription. */
const ONE_IN = 100;
const WANTED = 20;
const SAMPLES = 9;
const PAUSE_MS = 5;
const MINUTE_MS = 60_000;

/** What it costs to consume the hundredth part of what is published: by the message that is delivered. */
export async function measureFilters(world: CostWorld, scale: number): Promise<Record<FilterName, Figure>> {
  const wanted = Math.max(2, Math.ceil(WANTED * Math.min(1, scale)));
  return {
    receiveFiltered1: await measureBacklog(await filteredStation(world, 'filtered-1'), { batch: 1, wanted }),
    receiveFiltered16: await measureBacklog(await filteredStation(world, 'filtered-16'), { batch: 16, wanted }),
    receiveUnwanted: await measureUnwanted(await filteredStation(world, 'unwanted')),
  };
}

const filteredStation = (world: CostWorld, topic: string): Promise<TopicStation> =>
  newTopicStation(world, topic, { subscriptions: 1, filter: { tags: ['wanted'] } });

/** All of a segment is for the subscription, or none of it: that is in its summary. Everything was published before. */
async function measureBacklog(station: TopicStation, { batch, wanted }: { readonly batch: number; readonly wanted: number }): Promise<Figure> {
  const { world, publish, subscriptions: [consumer] } = station;
  for (let publication = 0; publication < wanted * ONE_IN; publication += 1) {
    await publish(batch, { tags: [isWanted(publication) ? 'wanted' : 'other'] });
    world.advance(PAUSE_MS);
  }
  world.advance(MINUTE_MS);
  const calls: Recording<unknown>[] = [];
  // How few there are is learned from the first ones.
  for (let received = 0; received < wanted; received += 1) {
    const call = await consumer?.receive(batch);
    if (call?.answer.length !== batch) throw new Error(`${call?.answer.length} messages of ${batch} were received behind a filter`);
    await consumer?.delete(call.answer);
    world.advance(PAUSE_MS);
    calls.push(call);
  }
  return meanFigure(calls, { divisor: wanted * batch, messages: 1 });
}

const isWanted = (publication: number): boolean => publication % ONE_IN === ONE_IN / 2;

/** A consumer that keeps up: its look finds what was published since the one before, and none of it is for the subscription. */
async function measureUnwanted({ world, publish, subscriptions: [consumer] }: TopicStation): Promise<Figure> {
  const calls: Recording<unknown>[] = [];
  for (let sample = 0; sample <= SAMPLES; sample += 1) {
    await publish(1, { tags: ['other'] });
    world.advance(PAUSE_MS);
    const call = await consumer?.receive(16);
    // The first one starts cold.
    if (call && sample > 0) calls.push(call);
    world.advance(10 * PAUSE_MS);
  }
  return callFigure(calls, 0);
}
