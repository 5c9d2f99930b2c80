import { expect } from 'vitest';
import { readReplay, startReplay, type StartReplayRequest } from '../../lib/core/queue/replay.ts';
import { runReplay } from '../../lib/core/queue/run-replay.ts';
import type { ReplayJob } from '../../lib/core/ports/job-table.ts';
import { epochMs } from '../../lib/core/time.ts';
import type { MemoryDeps } from '../support/memory-deps.ts';
import { newQueue, type QueueCalls, textsOf } from './queue-calls.ts';
import { HOUR_MS, rewindable } from './rewind-calls.ts';

/** A turn without an end. */
export const forever = { untilMs: Number.POSITIVE_INFINITY };

/** A queue that keeps a week, and one for the copies. */
export const queuesOf = async (deps: MemoryDeps): Promise<{ readonly orders: QueueCalls; readonly copies: QueueCalls }> =>
  ({ orders: await rewindable(deps), copies: await newQueue(deps, {}, 'copies') });

/** From about a week ago, unless the test says otherwise. */
export const start = (deps: MemoryDeps, more: Partial<StartReplayRequest> = {}): Promise<ReplayJob> =>
  startReplay(deps, { name: 'orders', target: 'copies', from: { atMs: epochMs(deps.clock.now() - 604_000_000) }, ...more });

export const read = (deps: MemoryDeps, replayId: string): Promise<ReplayJob> => readReplay(deps, { name: 'orders', replayId });

/** Start, and run to the end as the runner of a deployment would. */
export async function replay(deps: MemoryDeps, more: Partial<StartReplayRequest> = {}): Promise<ReplayJob> {
  const { replayId, incarnation } = await start(deps, more);
  expect(deps.kicked.at(-1)).toEqual({ kind: 'replay', incarnation, jobId: replayId });
  expect(await runReplay(deps, { incarnation, replayId, turn: forever })).toEqual({ kind: 'ended' });
  return read(deps, replayId);
}

/** What came to the target, in order: each text with its time since `fromMs`. */
export async function arrivals(copies: QueueCalls, fromMs: number): Promise<readonly (readonly [string, number])[]> {
  return (await copies.receiveAll()).map((copy) => [textsOf([copy])[0] ?? '', copy.enqueuedAtMs - fromMs] as const);
}

/** One after another, each so long after the one before; answers the time an hour later. */
export async function sentWithGaps(deps: MemoryDeps, orders: QueueCalls, gapsMs: readonly number[]): Promise<number> {
  for (const [at, gapMs] of gapsMs.entries()) {
    deps.clock.advance(gapMs);
    await orders.send(`${at}`);
  }
  deps.clock.advance(HOUR_MS);
  return deps.clock.now();
}
