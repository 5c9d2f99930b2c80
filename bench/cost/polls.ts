import { type Figure, meanFigure } from './figure.ts';
import type { Consumer } from './station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

const POLLS = 60;
const POLL_MS = 1000;

/** Looks of one consumer that has nothing to get, once a second: the mean of a minute. */
export async function pollsOf(world: CostWorld, consumer: Consumer): Promise<Figure> {
  const polls: Recording<unknown>[] = [];
  for (let poll = 0; poll < POLLS; poll += 1) {
    const recording = await consumer.receive(1);
    if (recording.answer.length > 0) throw new Error('a receive that should have been empty was not');
    polls.push(recording);
    world.advance(POLL_MS);
  }
  return meanFigure(polls, { divisor: polls.length, messages: 0 });
}
