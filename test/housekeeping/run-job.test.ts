import { expect, it } from 'vitest';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { readRedrive, startRedrive } from '../../lib/core/queue/redrive.ts';
import { startReplay } from '../../lib/core/queue/replay.ts';
import { sendMessages } from '../../lib/core/queue/send-messages.ts';
import { epochMs, msAfter } from '../../lib/core/time.ts';
import { runJobTurn } from '../../lib/housekeeping/run-job.ts';
import { newQueue } from '../core/queue-calls.ts';
import { newTopic } from '../core/topic-calls.ts';
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

it('has the next look for messages past their age scheduled', async () => {
  const deps = memoryDeps();
  await newQueue(deps, {}, 'dead');
  const nowMs = deps.clock.now();
  await newQueue(deps, { deadLetter: { queue: 'dead', maxAgeSeconds: 600 } });
  const [job] = deps.kicked.splice(0);
  const scheduled: unknown[] = [];
  await runJobTurn(deps, job!, { turnMs: 60_000, schedule: async (...asked) => { scheduled.push(asked); } });
  expect({ scheduled, kicked: deps.kicked }).toEqual({ scheduled: [[job, msAfter(nowMs, 600_000)]], kicked: [] });
});

it('has a replay whose next copy is far ahead scheduled for then', async () => {
  const deps = memoryDeps();
  const work = await newQueue(deps, { rewindSeconds: 86_400 }, 'work');
  await newQueue(deps, {}, 'side');
  const fromMs = deps.clock.now();
  await work.send('first');
  deps.clock.advance(3_600_000);
  await work.send('an hour later');
  deps.clock.advance(1000);
  const { incarnation, replayId } = await startReplay(deps, { name: 'work', target: 'side', from: { atMs: fromMs }, pace: { speed: 1 } });
  deps.kicked.length = 0;
  const scheduled: unknown[] = [];
  await runJobTurn(deps, { kind: 'replay', incarnation, jobId: replayId }, { turnMs: 60_000, schedule: async (...asked) => { scheduled.push(asked); } });
  expect({ scheduled, kicked: deps.kicked }).toEqual({ scheduled: [[expect.objectContaining({ jobId: replayId }), fromMs + 3_600_000 + 3_601_000]], kicked: [] });
});

it('has a pushed subscription that is new looked at again once every publisher knows of it', async () => {
  const deps = memoryDeps();
  await newQueue(deps, {}, 'copies');
  const orders = await newTopic(deps);
  await orders.subscribe('copied', { push: { delivery: { kind: 'queue', queue: 'copies' } } });
  const madeAtMs = deps.clock.now();
  const job = deps.kicked[0]!;
  const scheduled: unknown[] = [];
  const turn = () => runJobTurn(deps, job, { turnMs: 60_000, schedule: async (...asked) => { scheduled.push(asked); } });
  await turn();
  expect(scheduled).toEqual([[job, madeAtMs + 65_000]]);
  deps.clock.advance(65_000);
  await turn();
  expect(scheduled).toHaveLength(1);
});
