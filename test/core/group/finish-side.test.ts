import { expect, it } from 'vitest';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf } from '../inside.ts';
import { newQueue, type QueueCalls } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS, rewind, undo, WEEK_SECONDS } from '../rewind-calls.ts';

const TWELVE_HOURS_SECONDS = 43_200;

/** Whoever holds a message holds it for half a day. */
const patient = (deps: MemoryDeps) => newQueue(deps, { rewindSeconds: WEEK_SECONDS, visibilityTimeoutSeconds: TWELVE_HOURS_SECONDS });

async function poll(deps: MemoryDeps, orders: QueueCalls, seconds: number): Promise<void> {
  for (let polls = 0; polls < seconds / 2; polls += 1) { deps.clock.advance(2000); await orders.receive(); }
}

async function unfinished(deps: MemoryDeps): Promise<number> {
  const { group } = await (await insideOf(deps)).view();
  return group.sides.filter(({ finishedAtMs }) => finishedAtMs === undefined).length;
}

it('a selection is finished soon after the last of it was deleted, however long consumers might have held it', async () => {
  const deps = memoryDeps();
  const orders = await patient(deps);
  await orders.send('a', 'b');
  await orders.send('c');
  await consume(orders);
  await rewind(deps, { from: { atMs: epochMs(deps.clock.now() - 1000) }, filter: {} });
  const received = await orders.receiveAll();
  await poll(deps, orders, 600);
  await orders.delete(received.slice(1));
  await poll(deps, orders, 60);
  expect(await unfinished(deps)).toBe(1);
  await orders.delete(received.slice(0, 1));
  await poll(deps, orders, 60);
  expect(await unfinished(deps)).toBe(0);
});

it('what a rewind has left is finished when all of it is deleted, also where it was received together with what is above', async () => {
  const deps = memoryDeps();
  const orders = await patient(deps);
  const [, aboveId] = await orders.send('below', 'above');
  const [below, above] = await orders.receive();
  const { rewindId } = await rewind(deps, { from: { messageId: aboveId! } });
  deps.clock.advance(EFFECTIVE_MS);
  await poll(deps, orders, 200);
  expect(await unfinished(deps)).toBe(1);
  await orders.delete([below!]);
  await poll(deps, orders, 60);
  expect(await unfinished(deps)).toBe(0);
  await undo(deps, rewindId);
  deps.clock.advance(EFFECTIVE_MS);
  expect(await orders.receive()).toEqual([]);
  deps.clock.advance(TWELVE_HOURS_SECONDS * 1000);
  expect((await orders.receive()).map(({ messageId }) => messageId)).toEqual([above!.messageId]);
});
