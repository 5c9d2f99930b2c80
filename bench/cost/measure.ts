import { measureArchive } from './archive.ts';
import type { PathName } from './budget.ts';
import { callFigure, type Figure } from './figure.ts';
import { batchesOf, runStream, type Stream, type StreamFigures } from './lives.ts';
import { type Load, putBacklog, putDelayed, putInFlight } from './load.ts';
import { measureDelayed } from './delayed-publications.ts';
import { measureExtras } from './extras.ts';
import { measureFilters } from './filters.ts';
import { measurePush } from './push.ts';
import { measureRewind } from './rewind.ts';
import { newStation, type Station } from './station.ts';
import { measureTopics } from './topics.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

export type CostFigures = Readonly<Record<PathName, Figure>>;

export interface MeasureOptions {
  readonly load: Load;
  /** Share of the usual simulated time; tests use less. */
  readonly scale: number;
  /** Told what is being done. */
  readonly progress: (text: string) => void;
}

const EMPTY_POLLS = 30;

/** Every path's figures, in a new queue that holds `load`. */
export async function measureCosts(world: CostWorld, options: MeasureOptions): Promise<CostFigures> {
  const { load, progress, scale } = options;
  progress('topics');
  // Before there is any queue that the housekeeping would look after.
  const topics = await measureTopics(world);
  const station = await newStation(world, 'bench');
  progress(`${load.inFlight} in flight, ${load.delayed} delayed`);
  await putInFlight(station, load.inFlight);
  await putDelayed(station, load.delayed);
  // An empty receive is one of a queue without a backlog, by definition.
  const receiveEmpty = callFigure(await emptyPolls(station), 0);

  const streams = streamsOf(scale);
  if (load.backlog > 0) await putHead(station, Object.values(streams), progress);
  progress(`backlog of ${load.backlog}`);
  await putBacklog(station, load.backlog);
  const run = (stream: Stream): Promise<StreamFigures> => {
    progress(`batches of ${stream.batch}`);
    return runStream(station, stream);
  };
  const [one, sixteen, thousand] = [await run(streams.one), await run(streams.sixteen), await run(streams.thousand)];
  progress('delays, redelivery, visibility, rewind, archive, delayed publications, filters, push');
  return {
    send1: one.send, send16: sixteen.send, send1000: thousand.send,
    receive1: one.receive, receive16: sixteen.receive, receive1000: thousand.receive, receiveEmpty,
    delete1: one.delete, delete16: sixteen.delete, delete1000: thousand.delete,
    life1: one.life, life16: sixteen.life, life1000: thousand.life,
    ...await measureExtras(world, scale),
    ...await measureRewind(world, scale),
    ...await measureArchive(world, scale),
    ...topics,
    ...await measureDelayed(world, scale),
    ...await measureFilters(world, scale),
    ...await measurePush(world, scale),
  };
}

/**
 * The warm-up is longer than the default visibility timeout of 30 s, since the sweep looks at a lease
 * at that age. What a queue costs per second, whatever it moves, is shared by what it moves: these
 * are busy queues, not idle ones.
 */
const streamsOf = (scale: number) => ({
  one: { batch: 1, batchesPerSecond: 50, warmUpSeconds: 33, measureSeconds: 30 * scale },
  sixteen: { batch: 16, batchesPerSecond: 20, warmUpSeconds: 33, measureSeconds: 40 * scale },
  thousand: { batch: 1000, batchesPerSecond: 2, warmUpSeconds: 33, measureSeconds: 60 * scale },
});

/** What a stream receives when there is a backlog: segments like those it sends, in the same order. */
async function putHead(station: Station, streams: readonly Stream[], progress: (text: string) => void): Promise<void> {
  for (const stream of streams) {
    progress(`${batchesOf(stream)} batches of ${stream.batch} before the backlog`);
    for (let count = batchesOf(stream); count > 0; count--) await station.send(stream.batch);
  }
}

async function emptyPolls(station: Station): Promise<readonly Recording<unknown>[]> {
  const polls: Recording<unknown>[] = [];
  for (let poll = 0; poll < EMPTY_POLLS; poll++) {
    const recording = await station.receive(1);
    if (recording.answer.length > 0) throw new Error('a receive that should have been empty was not');
    // The first one starts cold.
    if (poll > 0) polls.push(recording);
    station.world.advance(250);
  }
  return polls;
}
