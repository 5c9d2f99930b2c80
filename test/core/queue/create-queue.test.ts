import { describe, expect, it } from 'vitest';
import { runAgeWatch } from '../../../lib/core/age/run-age-watch.ts';
import { queueDefaults } from '../../../lib/core/limits.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { describeQueue } from '../../../lib/core/queue/describe-queue.ts';
import type { QueueSettings } from '../../../lib/core/queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { faultyDeps, newQueue, queueCalls, refusalOf, textsOf, throughOther } from '../queue-calls.ts';

const create = (deps: Parameters<typeof createQueue>[0], settings: Partial<QueueSettings> = {}, name = 'orders') =>
  createQueue(deps, { name, settings });

it('makes a queue with the defaults for what is not said', async () => {
  const deps = memoryDeps();
  const { queue, created } = await create(deps, { visibilityTimeoutSeconds: 60 });
  expect(created).toBe(true);
  expect(queue).toMatchObject({
    name: 'orders', createdAtMs: deps.clock.now(), changedAtMs: deps.clock.now(), settings: { ...queueDefaults, visibilityTimeoutSeconds: 60 },
  });
  expect((await describeQueue(memoryDeps({ world: deps.world }), { name: 'orders' })).queue.settings).toEqual(queue.settings);
});

it('twice with the same settings is a success, and the messages stay', async () => {
  const deps = memoryDeps();
  const first = await create(deps, { delaySeconds: 0 });
  await queueCalls(deps).send('a');
  const second = await create(memoryDeps({ world: deps.world }), { visibilityTimeoutSeconds: queueDefaults.visibilityTimeoutSeconds });
  expect(second.created).toBe(false);
  expect(second.queue.incarnation).toBe(first.queue.incarnation);
  expect(textsOf(await queueCalls(deps).receive())).toEqual(['a']);
});

it.each([
  ['visibilityTimeoutSeconds', 31], ['retentionSeconds', 60], ['delaySeconds', 1], ['receiveWaitSeconds', 1], ['maxMessageBytes', 2048], ['inlineSegmentBytes', 1],
] as const)('with another %s than it has is refused, and changes nothing', async (setting, value) => {
  const deps = memoryDeps();
  await create(deps);
  expect(await refusalOf(create(deps, { [setting]: value }))).toBe('queueExistsWithOtherSettings');
  expect((await describeQueue(deps, { name: 'orders' })).queue.settings).toEqual(queueDefaults);
});

it('tells names apart by case', async () => {
  const deps = memoryDeps();
  expect((await create(deps)).created).toBe(true);
  expect((await create(deps, {}, 'Orders')).created).toBe(true);
});

it.each(['', '1st', 'with space', 'a.b', 'ä', 'x'.repeat(81)])('refuses the name %j', async (name) => {
  expect(await refusalOf(create(memoryDeps(), {}, name))).toBe('parameterOutOfRange');
});

it.each([
  ['visibilityTimeoutSeconds', 0], ['visibilityTimeoutSeconds', 43_201], ['retentionSeconds', 59], ['retentionSeconds', 34_560_001],
  ['delaySeconds', -1], ['receiveWaitSeconds', 31], ['maxMessageBytes', 1023], ['maxMessageBytes', 1_048_577], ['inlineSegmentBytes', 262_145],
] as const)('refuses %s %i', async (setting, value) => {
  expect(await refusalOf(create(memoryDeps(), { [setting]: value }))).toBe('parameterOutOfRange');
});

it('by many at the same moment makes one queue, for all of them', async () => {
  const deps = memoryDeps();
  const answers = await Promise.all(Array.from({ length: 10 }, () => create(memoryDeps({ world: deps.world }))));
  expect(new Set(answers.map(({ queue }) => queue.incarnation)).size).toBe(1);
  expect(answers.filter(({ created }) => created).length).toBe(1);
});

describe('dead-letter policy', () => {
  const policy = (queue: string, maxReceiveCount = 3) => ({ deadLetter: { queue, maxReceiveCount } });

  it('names a queue that is there', async () => {
    const deps = memoryDeps();
    await create(deps, {}, 'dead');
    expect((await create(deps, policy('dead'))).queue.settings.deadLetter).toEqual({ queue: 'dead', maxReceiveCount: 3 });
    expect((await create(deps, policy('dead'))).created).toBe(false);
    expect(await refusalOf(create(deps, policy('dead', 4)))).toBe('queueExistsWithOtherSettings');
    expect(await refusalOf(create(deps))).toBe('queueExistsWithOtherSettings');
  });

  it('is refused without its queue, and leaves nothing behind', async () => {
    const deps = memoryDeps();
    expect(await refusalOf(create(deps, policy('dead')))).toBe('deadLetterQueueNotFound');
    expect(await refusalOf(describeQueue(deps, { name: 'orders' }))).toBe('queueNotFound');
    await create(deps, {}, 'dead');
    expect((await create(deps, policy('dead'))).created).toBe(true);
  });

  it('is refused when dead letters would come back', async () => {
    expect(await refusalOf(create(memoryDeps(), policy('orders')))).toBe('deadLetterCycle');
  });

  it.each([0, 10_001])('is refused for %i receives', async (maxReceiveCount) => {
    const deps = memoryDeps();
    await create(deps, {}, 'dead');
    expect(await refusalOf(create(deps, policy('dead', maxReceiveCount)))).toBe('parameterOutOfRange');
  });
});

describe('dead-letter policy by age', () => {
  const byAge = (maxAgeSeconds: number, more: Partial<QueueSettings> = {}) => ({ deadLetter: { queue: 'dead', maxAgeSeconds }, ...more });

  it('is part of what is compared, and is looked after from the beginning', async () => {
    const deps = memoryDeps();
    await create(deps, {}, 'dead');
    const { queue } = await create(deps, byAge(60));
    expect(queue.settings.deadLetter).toEqual({ queue: 'dead', maxAgeSeconds: 60 });
    expect(deps.kicked).toEqual([{ kind: 'age', incarnation: queue.incarnation, jobId: queue.incarnation }]);
    expect(await deps.jobs.readAgeWatch(queue.incarnation)).toMatchObject({ dueAtMs: deps.clock.now(), runnerUntilMs: 0 });
    expect((await create(deps, byAge(60))).created).toBe(false);
    expect(await refusalOf(create(deps, byAge(61)))).toBe('queueExistsWithOtherSettings');
  });

  it.each([
    [byAge(59), { field: 'deadLetter.maxAgeSeconds', min: 60, max: 34_560_000, unit: 'seconds', value: 59 }],
    [byAge(300, { retentionSeconds: 300 }), { field: 'deadLetter.maxAgeSeconds', min: 60, max: 299, unit: 'seconds', value: 300 }],
  ])('is refused for %j, naming field, limit and value', async (settings, details) => {
    const deps = memoryDeps();
    await create(deps, {}, 'dead');
    await expect(create(deps, settings)).rejects.toMatchObject({ kind: 'parameterOutOfRange', details });
    expect(await deps.jobs.listAgeWatches({ limit: 1 })).toEqual([]);
  });

  it('leaves nothing to look after where the queue came to nothing', async () => {
    const deps = memoryDeps();
    expect(await refusalOf(create(deps, byAge(60)))).toBe('deadLetterQueueNotFound');
    const [watch] = await deps.jobs.listAgeWatches({ limit: 1 });
    deps.clock.advance(61_000);
    expect(await runAgeWatch(deps, { incarnation: watch!.incarnation, turn: { untilMs: Number.POSITIVE_INFINITY } })).toEqual({ kind: 'ended' });
    expect(await deps.jobs.listAgeWatches({ limit: 1 })).toEqual([]);
  });
});

describe('a name used again', () => {
  it('is a new queue: nothing of the old one comes', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('old');
    const received = await orders.receive();
    await orders.send('old too');
    await deleteQueue(deps, { name: 'orders' });
    await create(deps, { visibilityTimeoutSeconds: 60 });
    expect(await orders.delete(received)).toEqual(['receiptHandleInvalid']);
    await orders.send('new');
    deps.clock.advance(31_000);
    expect(textsOf(await orders.receiveAll())).toEqual(['new']);
  });

  it('is found by a process that remembers the old one: what it is told was sent, is delivered', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    const stale = throughOther(deps);
    await stale.send('old');
    await stale.receive();
    await deleteQueue(deps, { name: 'orders' });
    await create(deps);
    const acknowledged: string[] = [];
    for (const text of ['first', 'second', 'third']) {
      const outcome = await refusalOf(stale.send(text));
      if (outcome === 'not refused') acknowledged.push(text);
      else expect(outcome).toBe('queueNotFound');
    }
    expect(acknowledged).toContain('third');
    expect(textsOf(await queueCalls(deps).receiveAll())).toEqual(acknowledged);
    deps.clock.advance(1001);
    await queueCalls(deps).send('later');
    expect(textsOf(await stale.receive())).toEqual(['later']);
  });
});

describe('trouble', () => {
  it.each([
    ['definition or group', 'q/'], ['name', 'n/'],
  ])('with the %s leaves nothing that a repeat would stumble over', async (_, pkPrefix) => {
    for (const fault of ['before', 'after', 'throttle'] as const) {
      const { deps, table } = faultyDeps();
      table.fail({ fault, method: 'put', pkPrefix });
      await expect(create(deps)).rejects.toThrow('injected');
      await create(deps);
      await queueCalls(deps).send('a');
      expect(textsOf(await queueCalls(deps).receive())).toEqual(['a']);
    }
  });
});

it('stays when the store does not answer the last look for circles: others may have sent to it already', async () => {
  const { deps, table } = faultyDeps();
  await newQueue(deps, {}, 'dead');
  // The target is looked up before, while it is noted there, and once more when the name is put.
  table.fail({ fault: 'before', method: 'get', pkPrefix: 'n/', after: 4 });
  const settings = { deadLetter: { queue: 'dead', maxReceiveCount: 2 } };
  await expect(createQueue(deps, { name: 'orders', settings })).rejects.toThrow('injected');
  expect(table.pending()).toBe(0);
  const orders = queueCalls(deps);
  await orders.send('a');
  expect(textsOf(await orders.receive())).toEqual(['a']);
  expect((await createQueue(deps, { name: 'orders', settings })).created).toBe(false);
});
