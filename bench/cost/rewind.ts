import { rewindQueue } from '../../lib/core/queue/rewind-queue.ts';
import { timing } from '../../lib/core/timing.ts';
import type { PathName } from './budget.ts';
import { callFigure, type Figure } from './figure.ts';
import { putBacklog } from './load.ts';
import { pollsOf } from './polls.ts';
import { newStation } from './station.ts';
import type { CostWorld } from './world.ts';

type RewindName = Extract<PathName, 'rewind1000' | 'rewind1000000' | 'receiveEmptyBeside' | 'receiveEmptyAfter'>;

const PAUSE_MS = 1000;
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
  world.advance(PAUSE_MS);
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
  world.advance(PAUSE_MS);
  await rewindQueue(world.newProcess(), { name, from: { atMs: world.now() } });
  world.advance(timing.effectiveDelayMs);
  await pollsOf(world, station);
  const beside = await pollsOf(world, station);
  await station.delete(held.answer);
  await pollsOf(world, station);
  await pollsOf(world, station);
  return { beside, after: await pollsOf(world, station) };
}
