import { expect } from 'vitest';
import { readRedrive, runRedrive, startRedrive, type StartRedriveRequest } from '../../lib/core/queue/redrive.ts';
import type { MemoryDeps } from '../support/memory-deps.ts';
import { type QueueCalls, SKEW_MS } from './queue-calls.ts';

/** After so long what was received may be taken again. */
export const TIMEOUT_MS = 30_000 + SKEW_MS;
export const NEVER = Number.POSITIVE_INFINITY;

/** Let everything in the queue become a dead letter. */
export async function letDie(deps: MemoryDeps, queue: QueueCalls): Promise<void> {
  await queue.receiveAll();
  deps.clock.advance(TIMEOUT_MS);
  await queue.receive(10, { waitSeconds: 5 });
}

/** Start, and run to the end as the runner of a deployment would. */
export async function redrive(deps: MemoryDeps, request: Partial<StartRedriveRequest> = {}) {
  const { redriveId, incarnation } = await startRedrive(deps, { name: 'dead', ...request });
  expect(deps.kicked.at(-1)).toEqual({ kind: 'redrive', incarnation, jobId: redriveId });
  expect(await runRedrive(deps, { incarnation, redriveId, untilMs: NEVER })).toBe(true);
  return readRedrive(deps, { name: 'dead', redriveId });
}
