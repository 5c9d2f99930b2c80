import { rewindQueue } from '../../lib/core/queue/rewind-queue.ts';
import { timing } from '../../lib/core/timing.ts';
import type { PathName } from './budget.ts';
import { callFigure, type Figure, meanFigure } from './figure.ts';
import { putBacklog } from './load.ts';
import { newStation, type Station } from './station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type RewindName = Extract<PathName, 'rewind1000' | 'rewind1000000' | 'receiveEmptyBeside' | 'receiveEmptyAfter'>;

const POLLS = 60;
const POLL_MS = 1000;
const settings = { rewindSeconds: 604_800 };

/** What a rewind costs, whatever lies in the queue, and what consumers pay while something of before it is left. */
export async function measureRewind(world: CostWorld, scale: number): Promise<Record<RewindName, Figure>> {
  const { beside, after } = await measurePolls(world);
  return {
    rewind1000: await measureRewinds(world, 'thousand', 1000),
    rewind1000000: await measureRewinds(world, 'million', Math.ceil(1_000_000 * Math.min(1, scale))),
    receiveEmptyBeside: beside,
    receiveEmptyAfter: after,
  };
}

/** The first one of a queue, into the middle of its history, by a process that has not touched it before. */
async function measureRewinds(world: CostWorld, name: string, messages: number): Promise<Figure> {
  const station = await newStation(world, name, settings);
  await putBacklog(station, messages / 2);
  world.advance(POLL_MS);
  const middleMs = world.now();
  await putBacklog(station, messages / 2);
  const caller = world.newProcess();
  return callFigure([await world.trace.record(() => rewindQueue(caller, { name, from: { atMs: middleMs } }))], 0);
}

/** Looks of one consumer at a queue with nothing to give, once a second: while a message below a rewind is held, and when it is settled. */
async function measurePolls(world: CostWorld): Promise<{ readonly beside: Figure; readonly after: Figure }> {
  const name = 'polled';
  const station = await newStation(world, name, settings);
  await station.send(1);
  const held = await station.receive(1, { visibilityTimeoutSeconds: 150 });
  world.advance(POLL_MS);
  await rewindQueue(world.newProcess(), { name, from: { atMs: world.now() } });
  world.advance(timing.effectiveDelayMs);
  await pollsOf(station);
  const beside = await pollsOf(station);
  await station.delete(held.answer);
  await pollsOf(station);
  await pollsOf(station);
  return { beside, after: await pollsOf(station) };
}

async function pollsOf(station: Station): Promise<Figure> {
  const polls: Recording<unknown>[] = [];
  for (let poll = 0; poll < POLLS; poll += 1) {
    const recording = await station.receive(1);
    if (recording.answer.length > 0) throw new Error('a receive that should have been empty was not');
    polls.push(recording);
    station.world.advance(POLL_MS);
  }
  return meanFigure(polls, { divisor: polls.length, messages: 0 });
}
