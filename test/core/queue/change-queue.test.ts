import { describe, expect, it } from 'vitest';
import { changeQueue, type QueueChanges } from '../../../lib/core/queue/change-queue.ts';
import { describeQueue } from '../../../lib/core/queue/describe-queue.ts';
import { queueDefaults } from '../../../lib/core/limits.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, refusalOf, textsOf, throughOther } from '../queue-calls.ts';

const change = (deps: MemoryDeps, changes: QueueChanges, name = 'orders') => changeQueue(deps, { name, changes });
const settingsOf = async (deps: MemoryDeps, name = 'orders') => (await describeQueue(deps, { name })).queue.settings;

it('changes what is said, and leaves the rest', async () => {
  const deps = memoryDeps();
  await newQueue(deps, { delaySeconds: 5 });
  deps.clock.advance(1000);
  const queue = await change(deps, { visibilityTimeoutSeconds: 60, maxMessageBytes: 2048 });
  expect(queue).toMatchObject({ createdAtMs: deps.clock.now() - 1000, changedAtMs: deps.clock.now() });
  expect(queue.settings).toEqual({ ...queueDefaults, delaySeconds: 5, visibilityTimeoutSeconds: 60, maxMessageBytes: 2048 });
  expect(await settingsOf(memoryDeps({ world: deps.world }))).toEqual(queue.settings);
});

it('is used by this process at once, and by others within a minute', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const others = throughOther(deps);
  await others.send('warm');
  await change(deps, { delaySeconds: 100 });
  await orders.send('delayed');
  deps.clock.advance(60_001);
  await others.send('delayed too');
  expect(textsOf(await orders.receive())).toEqual(['warm']);
});

it('keeps the messages and their handles', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a', 'b');
  const received = await orders.receive(1);
  await change(deps, { visibilityTimeoutSeconds: 60 });
  expect(textsOf(await orders.receive())).toEqual(['b']);
  expect(await orders.delete(received)).toEqual(['deleted']);
});

it.each([[{ delaySeconds: -1 }, 'parameterOutOfRange'], [{ retentionSeconds: 59 }, 'parameterOutOfRange'], [{ rewindSeconds: -1 }, 'parameterOutOfRange']])(
  'refuses %j and changes nothing', async (changes, refusal) => {
    const deps = memoryDeps();
    await newQueue(deps);
    expect(await refusalOf(change(deps, { visibilityTimeoutSeconds: 60, ...changes }))).toBe(refusal);
    expect(await settingsOf(deps)).toEqual(queueDefaults);
  });

it('is refused for a queue that is not there', async () => {
  expect(await refusalOf(change(memoryDeps(), {}))).toBe('queueNotFound');
});

it('by several at the same moment keeps the change of each', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  const changes: QueueChanges[] = [{ delaySeconds: 1 }, { receiveWaitSeconds: 2 }, { retentionSeconds: 300 }, { maxMessageBytes: 4096 }];
  await Promise.all(changes.map((one) => change(memoryDeps({ world: deps.world }), one)));
  expect(await settingsOf(deps)).toEqual({ ...queueDefaults, ...Object.assign({}, ...changes) });
});

describe('dead-letter policy', () => {
  it('may be by age instead, and then holds the retention up', async () => {
    const deps = memoryDeps();
    for (const name of ['orders', 'dead']) await newQueue(deps, {}, name);
    await change(deps, to('dead'));
    await change(deps, { deadLetter: { queue: 'dead', maxAgeSeconds: 600 } });
    expect((await settingsOf(deps)).deadLetter).toEqual({ queue: 'dead', maxAgeSeconds: 600 });
    expect(deps.kicked).toEqual([expect.objectContaining({ kind: 'age' })]);
    await expect(change(deps, { retentionSeconds: 600 })).rejects.toMatchObject({ kind: 'parameterOutOfRange', details: { field: 'deadLetter.maxAgeSeconds', max: 599, value: 600 } });
    await change(deps, to('dead'));
    expect((await settingsOf(deps)).deadLetter).toEqual({ queue: 'dead', maxReceiveCount: 1 });
  });

  const to = (queue: string, maxReceiveCount = 1) => ({ deadLetter: { queue, maxReceiveCount } });

  it('is set, changed and taken away', async () => {
    const deps = memoryDeps();
    for (const name of ['orders', 'dead', 'other']) await newQueue(deps, {}, name);
    for (const policy of [to('dead'), to('dead', 5), to('other')]) {
      await change(deps, policy);
      expect((await settingsOf(deps)).deadLetter).toEqual(policy.deadLetter);
      await change(deps, { delaySeconds: 1 });
      expect((await settingsOf(deps)).deadLetter).toEqual(policy.deadLetter);
    }
    await change(deps, { deadLetter: null });
    expect(await settingsOf(deps)).not.toHaveProperty('deadLetter');
  });

  it('is refused without its queue', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    expect(await refusalOf(change(deps, to('dead')))).toBe('deadLetterQueueNotFound');
  });

  it('is refused when dead letters would come back: directly, over one, over two', async () => {
    const deps = memoryDeps();
    for (const name of ['a', 'b', 'c']) await newQueue(deps, {}, name);
    expect(await refusalOf(change(deps, to('a'), 'a'))).toBe('deadLetterCycle');
    await change(deps, to('b'), 'a');
    expect(await refusalOf(change(deps, to('a'), 'b'))).toBe('deadLetterCycle');
    await change(deps, to('c'), 'b');
    expect(await refusalOf(change(deps, to('a'), 'c'))).toBe('deadLetterCycle');
    expect(await settingsOf(deps, 'c')).not.toHaveProperty('deadLetter');
  });

  it('set by two queues on each other at the same moment never becomes a circle', async () => {
    const deps = memoryDeps();
    for (const name of ['a', 'b']) await newQueue(deps, {}, name);
    await Promise.all([
      refusalOf(change(memoryDeps({ world: deps.world }), to('b'), 'a')), refusalOf(change(memoryDeps({ world: deps.world }), to('a'), 'b')),
    ]);
    const targets = [(await settingsOf(deps, 'a')).deadLetter, (await settingsOf(deps, 'b')).deadLetter];
    expect(targets.filter((target) => target !== undefined).length).toBeLessThan(2);
  });

  it('holds for messages that were sent before', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const dead = await newQueue(deps, {}, 'dead');
    await orders.send(entry('a'));
    await orders.receive();
    await change(deps, to('dead'));
    deps.clock.advance(31_000);
    expect(await orders.receive(1, { waitSeconds: 3 })).toEqual([]);
    expect(textsOf(await dead.receive())).toEqual(['a']);
  });
});
