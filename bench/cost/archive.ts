import { archiveQueues } from '../../lib/housekeeping/archive-queues.ts';
import type { PathName } from './budget.ts';
import { type Figure, meanFigure } from './figure.ts';
import { newStation, type Station } from './station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type ArchiveName = Extract<PathName, 'archive' | 'receiveCold16'>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BATCH = 16;
/** Two hours of a queue that is not busy: the more an hour has, the fewer objects a message needs. */
const BATCHES = 2000;
const PAUSE_MS = 3600;
const RECEIVES = 500;

/** What it costs to archive, by the message, and to receive what only the archive has. */
export async function measureArchive(world: CostWorld, scale: number): Promise<Record<ArchiveName, Figure>> {
  const station = await newStation(world, 'archived', { retentionSeconds: 30 * 86_400 });
  const batches = Math.ceil(BATCHES * Math.min(1, scale));
  for (let sent = 0; sent < batches; sent += 1) {
    await station.send(BATCH);
    world.advance(PAUSE_MS);
  }
  world.advance(2 * DAY_MS);
  const archiver = world.newProcess();
  const recording = await world.trace.record(() => archiveQueues(archiver, { turnMs: HOUR_MS, queue: 'archived' }));
  const { messages } = recording.answer;
  if (messages !== batches * BATCH) throw new Error(`${messages} of ${batches * BATCH} messages were archived`);
  world.advance(7 * DAY_MS);
  await world.letGoOfSegments('archived');
  return { archive: meanFigure([recording], { divisor: messages, messages: 1 }), receiveCold16: await measureColdReceives(station, batches) };
}

/** The mean, and not the typical one: a thousand messages share what is fetched once. */
async function measureColdReceives(station: Station, batches: number): Promise<Figure> {
  const receives: Recording<unknown>[] = [];
  // The first ones find out that the table has nothing.
  for (let count = 0; count < Math.min(batches, RECEIVES); count += 1) {
    const received = await station.receive(BATCH);
    if (received.answer.length !== BATCH) throw new Error(`a receive from the archive brought ${received.answer.length} messages`);
    await station.delete(received.answer);
    station.world.advance(50);
    if (count > 0) receives.push(received);
  }
  return meanFigure(receives, { divisor: receives.length, messages: BATCH });
}
