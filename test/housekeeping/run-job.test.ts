import { expect, it } from 'vitest';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { readRedrive, startRedrive } from '../../lib/core/queue/redrive.ts';
import { sendMessages } from '../../lib/core/queue/send-messages.ts';
import { epochMs, msAfter } from '../../lib/core/time.ts';
import { runJobTurn } from '../../lib/housekeeping/run-job.ts';
import { memoryDeps } from '../support/memory-deps.ts';

/** A redrive of `count` messages into another queue, started and not yet run. */
async function startedRedrive(count: number) {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'failures', settings: {} });
  await createQueue(deps, { name: 'target', settings: {} });
  const entry = { body: { kind: 'text', text: 'x' }, attributes: {}, tags: [] } as const;
  await sendMessages(deps, { name: 'failures', entries: Array.from({ length: count }, () => entry) });
  const { incarnation, redriveId } = await startRedrive(deps, { name: 'failures', to: 'target' });
  const job: JobKey = { kind: 'redrive', incarnation, jobId: redriveId };
  deps.kicked.length = 0;
  const state = async () => (await readRedrive(deps, { name: 'failures', redriveId })).state;
  return { deps, job, state };
}

it('comes to the end of a redrive within its turn, and then starts nobody', async () => {
  const { deps, job, state } = await startedRedrive(3);
  await runJobTurn(deps, job, { turnMs: 60_000 });
  expect({ state: await state(), kicked: deps.kicked }).toEqual({ state: 'completed', kicked: [] });
});

it('hands a redrive over to the next runner when its turn is over', async () => {
  const { deps, job, state } = await startedRedrive(3);
  await runJobTurn(deps, job, { turnMs: 0 });
  expect({ state: await state(), kicked: deps.kicked }).toEqual({
    state: 'running', kicked: [job],
  });

  await runJobTurn(deps, job, { turnMs: 60_000 });
  expect(await state()).toBe('completed');
});

it('has a push that is due later scheduled for then, and starts nobody now', async () => {
  const deps = memoryDeps();
  const atMs = msAfter(deps.clock.now(), 5000);
  const job: JobKey = { kind: 'push', incarnation: 't.s', jobId: 't.s' };
  await deps.jobs.putPush({
    incarnation: 't.s', runnerId: 'r', runnerUntilMs: epochMs(0), dueAtMs: atMs, notBeforeMs: atMs, heldUntilMs: epochMs(0), confirmationTries: 1, writeId: 'w',
  });
  const scheduled: unknown[] = [];
  await runJobTurn(deps, job, { turnMs: 60_000, schedule: async (...asked) => { scheduled.push(asked); } });
  expect({ scheduled, kicked: deps.kicked }).toEqual({ scheduled: [[job, atMs]], kicked: [] });
});
