import type { PathName } from './budget.ts';
import { ordinary } from './extras.ts';
import { type Figure, meanFigure } from './figure.ts';
import { runStream } from './lives.ts';
import type { Consumer } from './station.ts';
import { newTopicStation, type TopicStation } from './topic-station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type DelayedName = Extract<PathName, 'delayedAloneTo1' | 'delayedAloneTo2' | 'delayedLifeTo1' | 'delayedLifeTo2'>;

const DELAY_SECONDS = 10;
const POLL_MS = 1000;
/** Until the alarm of what was settled is looked at, and goes. */
const POLLS_AFTER_DUE = 8;
const SAMPLES = 9;

/** Delayed publications: by the publication, and what each of its subscriptions pays for it is in there. */
export async function measureDelayed(world: CostWorld, scale: number): Promise<Record<DelayedName, Figure>> {
  return {
    delayedAloneTo1: await measureAlone(await newTopicStation(world, 'alone-to-1', { subscriptions: 1 })),
    delayedAloneTo2: await measureAlone(await newTopicStation(world, 'alone-to-2', { subscriptions: 2 })),
    delayedLifeTo1: await measureStream(await newTopicStation(world, 'delayed-to-1', { subscriptions: 1 }), scale),
    delayedLifeTo2: await measureStream(await newTopicStation(world, 'delayed-to-2', { subscriptions: 2 }), scale),
  };
}

/** So often that several are claimed together now and then. */
async function measureStream({ world, publish, subscriptions: [first, ...others] }: TopicStation, scale: number): Promise<Figure> {
  if (!first) throw new Error('a topic without a subscription');
  const { life } = await runStream({ world, send: publish, ...first }, {
    batch: 1, batchesPerSecond: 5, warmUpSeconds: 15, measureSeconds: 40 * scale, delaySeconds: DELAY_SECONDS, receiveMax: 10,
  }, others);
  return life;
}

/** One after the other, with nothing else about; subscriptions look once a second, and what a look costs anyway is not counted. */
async function measureAlone({ world, publish, subscriptions }: TopicStation): Promise<Figure> {
  const calls: Recording<unknown>[] = [];
  for (let sample = 0; sample <= SAMPLES; sample += 1) {
    const life = [await publish(1, { delaySeconds: DELAY_SECONDS })];
    const received = subscriptions.map(() => 0);
    for (let second = 0; second < DELAY_SECONDS + POLLS_AFTER_DUE; second += 1) {
      world.advance(POLL_MS);
      for (const [at, consumer] of subscriptions.entries()) {
        const look = await lookOf(consumer);
        received[at] = (received[at] ?? 0) + look.messages;
        life.push(...look.calls);
      }
    }
    if (received.some((messages) => messages !== 1)) throw new Error(`a delayed publication was received ${received.join(' and ')} times`);
    // The first one starts cold, and makes the shard.
    if (sample > 0) calls.push(...life);
  }
  return meanFigure(calls, { divisor: SAMPLES, messages: 1 });
}

async function lookOf(consumer: Consumer): Promise<{ readonly messages: number; readonly calls: readonly Recording<void>[] }> {
  const received = await consumer.receive(1);
  const beyondLook = received.requests.filter(({ name }) => !ordinary.has(name) && name !== 'query segment');
  const look = { answer: undefined, requests: beyondLook, roundTrips: beyondLook.length };
  return { messages: received.answer.length, calls: received.answer.length === 0 ? [look] : [look, await consumer.delete(received.answer)] };
}
