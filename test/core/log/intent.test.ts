import { expect, it } from 'vitest';
import { intendAppend } from '../../../lib/core/log/intent.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { timing } from '../../../lib/core/timing.ts';
import { segmentOf } from '../group/pieces.ts';
import { insideOf } from '../inside.ts';
import { entry, faultyDeps, newQueue, outcomesOf, textsOf } from '../queue-calls.ts';
import { memoryDeps } from '../../support/memory-deps.ts';

const place = { shard: 's', base: 7 };

it('notes the place before it is tried, for a day', async () => {
  const deps = memoryDeps();
  const intended = await intendAppend(deps, 'queue', 'key', 'digest');
  expect(intended.landed).toBeUndefined();
  expect(await intended.beforePut(place)).toEqual(place);
  expect(await deps.jobs.readIntent('queue', 'key')).toMatchObject({
    ...place, appendId: intended.appendId, requestDigest: 'digest', removableAtMs: deps.clock.now() + timing.idempotencyMs,
  });
});

it('sends a repeat to the noted place first, under the same id', async () => {
  const deps = memoryDeps();
  const first = await intendAppend(deps, 'queue', 'key', 'digest');
  await first.beforePut(place);
  const repeat = await intendAppend(deps, 'queue', 'key', 'digest');
  expect(repeat.appendId).toBe(first.appendId);
  expect(await repeat.beforePut({ shard: 'other', base: 1 })).toEqual(place);
});

it('notes another place once the first is known to be taken', async () => {
  const deps = memoryDeps();
  const intended = await intendAppend(deps, 'queue', 'key', 'digest');
  await intended.beforePut(place);
  await intended.afterRefusal();
  expect(await intended.beforePut({ shard: 'other', base: 1 })).toEqual({ shard: 'other', base: 1 });
  expect(await deps.jobs.readIntent('queue', 'key')).toMatchObject({ shard: 'other', base: 1, appendId: intended.appendId });
});

it('knows by one read what has landed, and what is of somebody else', async () => {
  const deps = memoryDeps();
  const intended = await intendAppend(deps, 'queue', 'key', 'digest');
  await intended.beforePut(place);
  const segment = segmentOf({ log: 'queue', ...place, removableAtMs: deps.clock.now() });
  await deps.log.putSegment({ ...segment, base: 6, appendId: intended.appendId });
  expect((await intendAppend(deps, 'queue', 'key', 'digest')).landed).toBeUndefined();
  await deps.log.putSegment({ ...segment, appendId: intended.appendId });
  expect((await intendAppend(deps, 'queue', 'key', 'digest')).landed).toMatchObject({ ...place, appendId: intended.appendId });
});

it('goes to another place when the noted one was taken while the sender was away', async () => {
  const { deps, table } = faultyDeps();
  const orders = await newQueue(deps);
  const request = { name: 'orders', entries: [entry('a')], idempotencyKey: 'key' };
  table.fail({ fault: 'before', method: 'put', pkPrefix: 'l/', times: 3 });
  await expect(sendMessages(deps, request)).rejects.toThrow('injected');
  await orders.send('in its place');
  expect(outcomesOf(await sendMessages(deps, request))).toEqual(['sent']);
  expect((await (await insideOf(deps)).segments()).length).toBe(2);
  expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(['a', 'in its place']);
});

it('is put elsewhere when its shard was closed while the sender was away', async () => {
  const { deps, table } = faultyDeps();
  const orders = await newQueue(deps);
  const request = { name: 'orders', entries: [entry('a'), entry('b', { delaySeconds: 60 })], idempotencyKey: 'key' };
  table.fail({ fault: 'before', method: 'put', pkPrefix: 'l/', times: 6 });
  await expect(sendMessages(deps, request)).rejects.toThrow('injected');
  table.heal();
  deps.clock.advance(13 * 3_600_000);
  expect(outcomesOf(await sendMessages(deps, request))).toEqual(['sent', 'sent']);
  expect(outcomesOf(await sendMessages(deps, request))).toEqual(['sent', 'sent']);
  expect(textsOf(await orders.receiveAll({ visibilityTimeoutSeconds: 600 }))).toEqual(['a']);
  deps.clock.advance(60_000);
  expect(textsOf(await orders.receive(10, { waitSeconds: 5 }))).toEqual(['b']);
});
