import { expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { runRedrive, startRedrive, type StartRedriveRequest } from '../../../lib/core/queue/redrive.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, newQueue, queueCalls, SKEW_MS, textsOf } from '../queue-calls.ts';

/** Start, and run to the end. */
async function redrive(deps: MemoryDeps, request: Partial<StartRedriveRequest> = {}): Promise<void> {
  const { redriveId, incarnation } = await startRedrive(deps, { name: 'dead', ...request });
  expect(await runRedrive(deps, { incarnation, redriveId, untilMs: Number.POSITIVE_INFINITY })).toBe(true);
}

/** A dead-letter queue of so many thousand messages, and one of them. */
async function manyLetters(deps: MemoryDeps, thousands: number): Promise<string> {
  const dead = await newQueue(deps, {}, 'dead');
  await newQueue(deps);
  const ids: string[] = [];
  for (let sends = 0; sends < thousands; sends += 1) ids.push(...await dead.send(...entries(1000)));
  return ids[(thousands - 10) * 1000 + 500] ?? '';
}

it('one message among many does not cost what all of them would', async () => {
  const deps = memoryDeps();
  const wanted = await manyLetters(deps, 50);
  const { writeUnits } = await costOf(deps, () => redrive(deps, { to: 'orders', messageIds: [wanted] }));
  expect(writeUnits).toBeLessThan(50);
  expect(await queueCalls(deps).receive()).toHaveLength(1);
});

it('what was passed over is received and deleted at the usual cost', async () => {
  const deps = memoryDeps();
  await redrive(deps, { to: 'orders', messageIds: [await manyLetters(deps, 50)] });
  const dead = queueCalls(deps, 'dead');
  deps.clock.advance(1000);
  await dead.receive();
  deps.clock.advance(100);
  deps.meter.reset();
  const got = await dead.receive();
  expect(got).toHaveLength(10);
  expect(deps.meter.consumed().writeUnits).toBeLessThan(5);
  expect((await costOf(deps, () => dead.delete(got))).writeUnits).toBeLessThan(5);
});

it('letters of a queue and of another of its name made later are told apart', async () => {
  const deps = memoryDeps();
  const dead = await newQueue(deps, {}, 'dead');
  const orders = queueCalls(deps);
  const settings = { deadLetter: { queue: 'dead', maxReceiveCount: 1 } };
  const letDie = async (text: string): Promise<void> => {
    await createQueue(deps, { name: 'orders', settings });
    await orders.send(text);
    await orders.receive();
    deps.clock.advance(30_000 + SKEW_MS);
    expect(await orders.receive(10, { waitSeconds: 5 })).toEqual([]);
  };
  await letDie('old');
  await deleteQueue(deps, { name: 'orders' });
  await letDie('new');
  expect((await dead.counts()).ready).toBe(2);
  await redrive(deps);
  expect(textsOf(await orders.receiveAll())).toEqual(['new']);
});
