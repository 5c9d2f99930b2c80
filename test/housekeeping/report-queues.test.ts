import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import type { LogTable } from '../../lib/core/ports/log-table.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { startRedrive } from '../../lib/core/queue/redrive.ts';
import { sendMessages } from '../../lib/core/queue/send-messages.ts';
import { epochMs } from '../../lib/core/time.ts';
import { timing } from '../../lib/core/timing.ts';
import { reportQueues } from '../../lib/housekeeping/report-queues.ts';
import { memoryDeps, type MemoryDeps } from '../support/memory-deps.ts';

async function withQueues(...names: readonly string[]): Promise<MemoryDeps> {
  const deps = memoryDeps();
  for (const name of names) await createQueue(deps, { name, settings: {} });
  return deps;
}

const send = (deps: MemoryDeps, name: string, count: number) => sendMessages(deps, {
  name, entries: Array.from({ length: count }, () => ({ body: { kind: 'text', text: 'x' }, attributes: {}, tags: [] })),
});

/** Depth by queue, as one report publishes it. */
async function depthsOf(deps: MemoryDeps): Promise<ReadonlyMap<string, number>> {
  const depths = new Map<string, number>();
  await reportQueues(deps, (queue, { ready }) => depths.set(queue, ready));
  return depths;
}

describe('a report', () => {
  it('has one row for every queue, also for an empty one', async () => {
    const deps = await withQueues('empty', 'orders');
    await send(deps, 'orders', 3);
    expect(await depthsOf(deps)).toEqual(new Map([['empty', 0], ['orders', 3]]));
  });

  it('is empty when there are no queues', async () => {
    expect(await depthsOf(memoryDeps())).toEqual(new Map());
  });

  it('passes over a queue that cannot be read, and tells of it', async () => {
    const deps = await withQueues('bad', 'good');
    const bad = await deps.queues.readName('queue', 'bad');
    const lastSegment: LogTable['lastSegment'] = async (shard) => {
      if (shard.log === bad?.incarnation) throw new StoreUnavailable('injected', { outcome: 'refused' });
      return deps.log.lastSegment(shard);
    };
    expect([...(await depthsOf({ ...deps, log: { ...deps.log, lastSegment } })).keys()]).toEqual(['good']);
    expect(deps.faults).toHaveLength(1);
  });

  it('goes on to the queues behind the first page of names', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `queue${index}`);
    expect((await depthsOf(await withQueues(...names))).size).toBe(101);
  });
});

describe('redrives', () => {
  it('are left alone while they may still be running', async () => {
    const deps = await withQueues('failures');
    await startRedrive(deps, { name: 'failures' });
    deps.kicked.length = 0;
    await depthsOf(deps);
    expect(deps.kicked).toEqual([]);
  });

  it('are started again when their runner was not heard of for too long', async () => {
    const deps = await withQueues('failures');
    const { incarnation, redriveId } = await startRedrive(deps, { name: 'failures' });
    deps.kicked.length = 0;
    deps.clock.advance(timing.jobRunnerMs + 1);
    await depthsOf(deps);
    expect(deps.kicked).toEqual([{ kind: 'redrive', incarnation, jobId: redriveId }]);
  });
});

describe('queues whose messages die of age', () => {
  it('are looked at when they are due, or their runner was not heard of for too long', async () => {
    const deps = memoryDeps();
    const nowMs = deps.clock.now();
    const watch = { notedAtMs: nowMs, runnerUntilMs: epochMs(0), dueAtMs: nowMs, writeId: 'w' };
    await deps.jobs.putAgeWatch({ ...watch, incarnation: 'due' });
    await deps.jobs.putAgeWatch({ ...watch, incarnation: 'later', dueAtMs: epochMs(nowMs + 1) });
    await deps.jobs.putAgeWatch({ ...watch, incarnation: 'run', runnerUntilMs: nowMs });
    await depthsOf(deps);
    expect(deps.kicked).toEqual([{ kind: 'age', incarnation: 'due', jobId: 'due' }]);
    deps.kicked.length = 0;
    deps.clock.advance(1000);
    await depthsOf(deps);
    expect(deps.kicked.map(({ incarnation }) => incarnation)).toEqual(['due', 'later', 'run']);
  });
});

describe('pushes', () => {
  it('that are due are started, whatever becomes of the queues', async () => {
    const deps = memoryDeps();
    const nowMs = deps.clock.now();
    await deps.jobs.putPush({
      incarnation: 't.s', runnerId: 'r', runnerUntilMs: epochMs(0), dueAtMs: nowMs, notBeforeMs: nowMs, heldUntilMs: nowMs, confirmationTries: 0, writeId: 'w',
    });
    await depthsOf(deps);
    expect(deps.kicked).toEqual([{ kind: 'push', incarnation: 't.s', jobId: 't.s' }]);
  });
});
