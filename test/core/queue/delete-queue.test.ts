import { describe, expect, it } from 'vitest';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { describeQueue } from '../../../lib/core/queue/describe-queue.ts';
import { listQueues } from '../../../lib/core/queue/list-queues.ts';
import type { PushRequest } from '../../../lib/core/push/push-settings.ts';
import { changeSubscription, type SubscriptionChanges } from '../../../lib/core/topic/change-subscription.ts';
import type { CreateSubscriptionRequest } from '../../../lib/core/topic/create-subscription.ts';
import { deleteSubscription } from '../../../lib/core/topic/delete-subscription.ts';
import { deleteTopic } from '../../../lib/core/topic/delete-topic.ts';
import { type MemoryDeps, memoryDeps } from '../../support/memory-deps.ts';
import { entry, faultyDeps, newQueue, queueCalls, refusalOf, textsOf, throughOther } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

const remove = (deps: Parameters<typeof deleteQueue>[0], name = 'orders') => deleteQueue(deps, { name });

it('ends a queue for everybody', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a');
  const received = await orders.receive();
  await remove(deps);
  expect(await refusalOf(orders.send('b'))).toBe('queueNotFound');
  expect(await refusalOf(orders.receive())).toBe('queueNotFound');
  expect(await refusalOf(orders.delete(received))).toBe('queueNotFound');
  expect(await refusalOf(describeQueue(deps, { name: 'orders' }))).toBe('queueNotFound');
  expect((await listQueues(deps, { prefix: '', limit: 10 })).queues).toEqual([]);
  expect(await refusalOf(remove(deps))).toBe('queueNotFound');
});

it('lets no process send any more, whatever it remembers: ready or delayed', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  const stale = throughOther(deps);
  await stale.send('a', entry('b', { delaySeconds: 5 }));
  await remove(deps);
  expect(await refusalOf(stale.send('c'))).toBe('queueNotFound');
  expect(await refusalOf(stale.send(entry('d', { delaySeconds: 5 })))).toBe('queueNotFound');
});

it('ends a long poll', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  const waiting = refusalOf(orders.receive(1, { waitSeconds: 20 }));
  await remove(memoryDeps({ world: deps.world }));
  expect(await waiting).toBe('queueNotFound');
});

describe('a dead-letter queue', () => {
  const deadLetter = { queue: 'dead', maxReceiveCount: 1 };

  it('in use is refused, until the other queue is deleted', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'dead');
    await newQueue(deps, { deadLetter });
    await expect(remove(deps, 'dead')).rejects.toMatchObject({ kind: 'queueInUse', details: { usedBy: ['orders'] } });
    await queueCalls(deps, 'dead').send('still works');
    await remove(deps);
    await remove(deps, 'dead');
    expect(await refusalOf(describeQueue(deps, { name: 'dead' }))).toBe('queueNotFound');
  });

  it('in use is refused, until the other queue names it no longer', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'dead');
    await newQueue(deps, { deadLetter });
    await changeQueue(deps, { name: 'orders', changes: { deadLetter: null } });
    expect(await refusalOf(remove(deps, 'dead'))).toBe('not refused');
  });

  it('is not kept by a creation that was refused, nor by a queue of the same name made later', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'dead');
    await newQueue(deps);
    expect(await refusalOf(createQueue(deps, { name: 'orders', settings: { deadLetter } }))).toBe('queueExistsWithOtherSettings');
    await remove(deps);
    await newQueue(deps, { deadLetter });
    await remove(deps);
    await newQueue(deps);
    expect(await refusalOf(remove(deps, 'dead'))).toBe('not refused');
  });

  it('named by a creation that died half way is free after a minute, not before', async () => {
    const { deps, table } = faultyDeps();
    await newQueue(deps, {}, 'dead');
    table.fail({ fault: 'before', method: 'put', pkPrefix: 'n/' });
    await expect(createQueue(deps, { name: 'orders', settings: { deadLetter } })).rejects.toThrow('injected');
    deps.clock.advance(59_999);
    expect(await refusalOf(remove(deps, 'dead'))).toBe('queueInUse');
    deps.clock.advance(1);
    expect(await refusalOf(remove(deps, 'dead'))).toBe('not refused');
  });
});

describe('a queue that a subscription is pushed to', () => {
  const toCopies: PushRequest = { delivery: { kind: 'queue', queue: 'copies' } };
  const change = (deps: MemoryDeps, changes: SubscriptionChanges) => changeSubscription(deps, { topic: 'orders', name: 'risk', changes });

  async function pushedTo(deps: MemoryDeps, request: Partial<CreateSubscriptionRequest> = {}) {
    for (const name of ['copies', 'others']) await newQueue(deps, {}, name);
    const orders = await newTopic(deps);
    await orders.subscribe('risk', { push: toCopies, ...request });
  }

  it('is refused, until the subscription or its topic is deleted', async () => {
    const deps = memoryDeps();
    await pushedTo(deps);
    await (await newTopic(deps)).subscribe('audit', { push: toCopies });
    await expect(remove(deps, 'copies')).rejects.toMatchObject({ kind: 'queueInUse', details: { usedBy: ['orders/risk', 'orders/audit'] } });
    await deleteSubscription(deps, { topic: 'orders', name: 'risk' });
    expect(await refusalOf(remove(deps, 'copies'))).toBe('queueInUse');
    await deleteTopic(deps, { name: 'orders' });
    expect(await refusalOf(remove(deps, 'copies'))).toBe('not refused');
  });

  it.each([
    ['is pushed elsewhere', { push: { delivery: { kind: 'queue', queue: 'others' } } }, 'queueInUse'],
    ['is pulled', { push: null }, 'not refused'],
  ] as const)('is refused, until the subscription %s', async (_, changes, others) => {
    const deps = memoryDeps();
    await pushedTo(deps);
    await change(deps, { push: { retry: { kind: 'backoff' } } });
    expect(await refusalOf(remove(deps, 'copies'))).toBe('queueInUse');
    await change(deps, changes);
    expect(await refusalOf(remove(deps, 'copies'))).toBe('not refused');
    expect(await refusalOf(remove(deps, 'others'))).toBe(others);
  });

  it('is refused still when it changes places with the dead-letter queue, and so is that', async () => {
    const deps = memoryDeps();
    await pushedTo(deps, { settings: { deadLetter: { queue: 'others' } } });
    await change(deps, { push: { delivery: { kind: 'queue', queue: 'others' } }, settings: { deadLetter: { queue: 'copies' } } });
    deps.clock.advance(120_000);
    expect(await refusalOf(remove(deps, 'copies'))).toBe('queueInUse');
    expect(await refusalOf(remove(deps, 'others'))).toBe('queueInUse');
    await change(deps, { settings: { deadLetter: null } });
    expect(await refusalOf(remove(deps, 'copies'))).toBe('not refused');
    expect(await refusalOf(remove(deps, 'others'))).toBe('queueInUse');
  });

  it('named by a creation that died half way is free after a minute', async () => {
    const { deps, table } = faultyDeps();
    for (const name of ['copies', 'others']) await newQueue(deps, {}, name);
    const orders = await newTopic(deps);
    // The first name is the note of a pushed subscription.
    table.fail({ fault: 'before', method: 'put', pkPrefix: 'n/', after: 1 });
    await expect(orders.subscribe('risk', { push: toCopies })).rejects.toThrow('injected');
    expect(await refusalOf(remove(deps, 'copies'))).toBe('queueInUse');
    deps.clock.advance(60_000);
    expect(await refusalOf(remove(deps, 'copies'))).toBe('not refused');
  });
});

describe('a deletion that died half way', () => {
  const steps = [
    ['before anything', { method: 'put', pkPrefix: 'q/' }], ['at the group', { method: 'put', pkPrefix: 'q/', after: 1 }],
    ['at the first seal', { method: 'put', pkPrefix: 'l/', times: 10 }], ['at the name', { method: 'remove', pkPrefix: 'n/' }],
    ['at the records', { method: 'remove', pkPrefix: 'q/' }], ['at the last record', { method: 'remove', pkPrefix: 'q/', after: 1 }],
  ] as const;

  it.each(steps)('%s loses nothing that was acknowledged, and can be finished by a creation', async (_, where) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('old');
    table.fail({ fault: 'before', ...where });
    await expect(remove(deps)).rejects.toThrow('injected');
    const isThere = await refusalOf(describeQueue(deps, { name: 'orders' })) === 'not refused';
    expect(await refusalOf(throughOther(deps).send('between'))).toBe(isThere ? 'not refused' : 'queueNotFound');
    if (isThere) return;
    for (let tries = 0; tries < 10 && table.pending() > 0; tries += 1) await createQueue(deps, { name: 'orders', settings: {} }).catch(() => undefined);
    await createQueue(deps, { name: 'orders', settings: {} });
    await orders.send('new');
    expect(textsOf(await throughOther(deps).receiveAll())).toEqual(['new']);
  });

  it.each(steps)('%s is finished by the next one', async (_, where) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('old');
    table.fail({ fault: 'before', ...where });
    await expect(remove(deps)).rejects.toThrow('injected');
    table.heal();
    const isNamed = await deps.queues.readName('queue', 'orders') !== undefined;
    expect(await refusalOf(remove(memoryDeps({ world: deps.world })))).toBe(isNamed ? 'not refused' : 'queueNotFound');
    expect(await deps.queues.readName('queue', 'orders')).toBeUndefined();
    expect(await refusalOf(throughOther(deps).send('more'))).toBe('queueNotFound');
  });

  it('and left a name without records is finished by the next one', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    const named = await deps.queues.readName('queue', 'orders');
    await deps.queues.deleteGroup(named?.incarnation ?? '');
    await deps.queues.deleteDefinition(named?.incarnation ?? '');
    const other = memoryDeps({ world: deps.world });
    expect(await refusalOf(remove(other))).toBe('not refused');
    expect(await deps.queues.readName('queue', 'orders')).toBeUndefined();
  });

  it('may be repeated by a deletion that finds nothing left', async () => {
    const { deps, table } = faultyDeps();
    await newQueue(deps);
    table.fail({ fault: 'after', method: 'remove', pkPrefix: 'n/' });
    await expect(remove(deps)).rejects.toThrow('injected');
    expect(await refusalOf(remove(deps))).toBe('queueNotFound');
  });
});
