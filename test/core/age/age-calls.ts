import { runAgeWatch } from '../../../lib/core/age/run-age-watch.ts';
import type { QueueSettings } from '../../../lib/core/queue.ts';
import type { TurnEnd } from '../../../lib/core/queue/job-turn.ts';
import { type MemoryDeps, memoryDeps } from '../../support/memory-deps.ts';
import { newQueue, type QueueCalls } from '../queue-calls.ts';

export const MAX_AGE_SECONDS = 600;
export const AGE_MS = MAX_AGE_SECONDS * 1000;
/** How late a message may be moved: the pause between two looks. */
export const PAUSE_MS = 60_000;

export interface AgeWorld {
  readonly deps: MemoryDeps;
  readonly orders: QueueCalls;
  readonly dead: QueueCalls;
  readonly incarnation: string;
}

/** A queue whose messages become dead letters by age. */
export async function ageWorld(deps = memoryDeps(), settings: Partial<QueueSettings> = {}): Promise<AgeWorld> {
  const dead = await newQueue(deps, {}, 'dead');
  const orders = await newQueue(deps, { deadLetter: { queue: 'dead', maxAgeSeconds: MAX_AGE_SECONDS }, ...settings });
  const incarnation = await incarnationOf(deps);
  return { deps, orders, dead, incarnation };
}

export async function incarnationOf(deps: MemoryDeps, name = 'orders'): Promise<string> {
  const entry = await deps.queues.readName('queue', name);
  if (!entry) throw new Error(`no queue ${name}`);
  return entry.incarnation;
}

/** One turn of the housekeeper, whether or not one is due. */
export async function turn({ deps, incarnation }: Pick<AgeWorld, 'deps' | 'incarnation'>, untilMs = Number.POSITIVE_INFINITY): Promise<TurnEnd> {
  return runAgeWatch(deps, { incarnation, turn: { untilMs } });
}

/** As the runner of a deployment: each turn when the one before has said. Answers how many there were. */
export async function runUntil(world: Pick<AgeWorld, 'deps' | 'incarnation'>, untilMs: number): Promise<number> {
  for (let turns = 0; ; turns += 1) {
    const end = await turn(world);
    if (end.kind === 'ended') return turns;
    if (end.atMs > untilMs) {
      world.deps.clock.advance(Math.max(0, untilMs - world.deps.clock.now()));
      return turns + 1;
    }
    world.deps.clock.advance(Math.max(0, end.atMs - world.deps.clock.now()));
  }
}
