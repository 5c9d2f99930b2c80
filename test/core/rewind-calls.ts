import { rewindQueue } from '../../lib/core/queue/rewind-queue.ts';
import type { RewindRequest } from '../../lib/core/queue/rewind-window.ts';
import { undoRewind } from '../../lib/core/queue/undo-rewind.ts';
import { epochMs } from '../../lib/core/time.ts';
import type { MemoryDeps } from '../support/memory-deps.ts';
import { newQueue, type QueueCalls, textsOf } from './queue-calls.ts';

/** From the write of a rewind, a purge or an undo to its effect. */
export const EFFECTIVE_MS = 3000;
export const HOUR_MS = 3_600_000;
export const WEEK_SECONDS = 604_800;

/** A queue that keeps a week. */
export const rewindable = (deps: MemoryDeps): Promise<QueueCalls> => newQueue(deps, { rewindSeconds: WEEK_SECONDS });

export const rewind = (deps: MemoryDeps, more: Partial<RewindRequest>) => rewindQueue(deps, { name: 'orders', ...more });
export const rewindTo = (deps: MemoryDeps, atMs: number) => rewind(deps, { from: { atMs: epochMs(atMs) } });
export const undo = (deps: MemoryDeps, rewindId: string) => undoRewind(deps, { name: 'orders', rewindId });

/** Receives and deletes whatever comes; answers the texts, sorted. */
export async function consume(orders: QueueCalls): Promise<readonly string[]> {
  const received = await orders.receiveAll();
  for (let at = 0; at < received.length; at += 1000) await orders.delete(received.slice(at, at + 1000));
  return textsOf(received).toSorted();
}

/** Each sent and consumed an hour after the one before; answers when each was sent. */
export async function hourly(deps: MemoryDeps, orders: QueueCalls, texts: readonly string[]): Promise<readonly number[]> {
  const times: number[] = [];
  for (const text of texts) {
    deps.clock.advance(HOUR_MS);
    times.push(deps.clock.now());
    await orders.send(text);
    await consume(orders);
  }
  return times;
}
