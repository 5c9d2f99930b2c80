import { describe, expect, it } from 'vitest';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, faultyDeps, newQueue, refusalOf, SKEW_MS, textOf, textsOf, throughOther } from '../queue-calls.ts';

/** Long enough for everything that is not deleted to come again. */
const MUCH_LATER_MS = 100_000;

describe('by receipt handle', () => {
  it('finishes a message: it never comes again, here or elsewhere', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a', 'b');
    const [a] = await orders.receive(1);
    expect(await orders.delete([a!])).toEqual(['deleted']);
    deps.clock.advance(MUCH_LATER_MS);
    expect(textsOf(await throughOther(deps).receive(10, { waitSeconds: 5 }))).toEqual(['b']);
    expect(textsOf(await orders.receive(10, { waitSeconds: 5 }))).toEqual([]);
  });

  it('is a success when repeated', async () => {
    const orders = await newQueue(memoryDeps());
    await orders.send('a', 'b');
    const received = await orders.receive();
    expect(await orders.delete(received.slice(0, 1))).toEqual(['deleted']);
    expect(await orders.delete([...received, ...received])).toEqual(['deleted', 'deleted', 'deleted', 'deleted']);
  });

  it('still works after the timeout, until another consumer has taken the message', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a', 'b');
    const received = await orders.receive();
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.delete(received.slice(0, 1))).toEqual(['deleted']);
    expect(textsOf(await throughOther(deps).receive(10, { waitSeconds: 5 }))).toEqual(['b']);
    expect(await orders.delete(received)).toEqual(['deleted', 'receiptHandleStale']);
  });

  it('of somebody who lost the message changes nothing for the one who has it', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const lost = await orders.receive();
    deps.clock.advance(30_000 + SKEW_MS);
    const held = await orders.receive(1, { waitSeconds: 5 });
    expect(await orders.delete(lost)).toEqual(['receiptHandleStale']);
    expect(await orders.delete(held)).toEqual(['deleted']);
    expect(await orders.delete(lost)).toEqual(['deleted']);
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.receive(1, { waitSeconds: 5 })).toEqual([]);
  });

  it('that nobody gave out, or another queue, is refused before anything is read', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const others = await newQueue(deps, {}, 'others');
    await others.send('a');
    const foreign = await others.receive();
    await orders.receive();
    expect((await costOf(deps, () => orders.delete([...foreign, { receiptHandle: 'made up' }]))).requests).toBe(0);
    expect(await orders.delete([...foreign, { receiptHandle: 'made up' }])).toEqual(['receiptHandleInvalid', 'receiptHandleInvalid']);
    expect(await others.delete(foreign)).toEqual(['deleted']);
  });

  it('answers each entry of a batch for itself: a bad one disturbs no other', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    await orders.send('b');
    await orders.send('c');
    const [a, b] = await orders.receive(2);
    const [c] = await orders.receive(1);
    expect(await orders.delete([a!, { receiptHandle: 'x' }, c!, { messageId: 'nonsense' }, b!]))
      .toEqual(['deleted', 'receiptHandleInvalid', 'deleted', 'messageNotFound', 'deleted']);
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.receive(10, { waitSeconds: 5 })).toEqual([]);
  });

  it('takes 1 to 1,000 entries', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    const handles = (count: number) => ({ name: 'orders', entries: Array.from({ length: count }, () => ({ receiptHandle: 'x' })) });
    expect(await refusalOf(deleteMessages(deps, handles(0)))).toBe('parameterOutOfRange');
    expect(await refusalOf(deleteMessages(deps, handles(1001)))).toBe('parameterOutOfRange');
    expect(await refusalOf(deleteMessages(deps, handles(1000)))).toBe('not refused');
  });

  it('in a queue that is not there is refused', async () => {
    expect(await refusalOf(deleteMessages(memoryDeps(), { name: 'orders', entries: [{ receiptHandle: 'x' }] }))).toBe('queueNotFound');
  });

  it('by several consumers at once, each its part, settles all', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(...entries(300));
    const received = await orders.receive(300);
    const parts = [0, 1, 2].map((part) => received.filter((_, at) => at % 3 === part));
    const answers = await Promise.all(parts.map((part) => throughOther(deps).delete(part)));
    expect(new Set(answers.flat())).toEqual(new Set(['deleted']));
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.receive(10, { waitSeconds: 5 })).toEqual([]);
  });
});

describe('a thousand received together', () => {
  const thousandReceived = async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(...entries(1000));
    const received = await orders.receive(1000);
    expect(received.length).toBe(1000);
    return { deps, orders, received };
  };

  it('are deleted by one write', async () => {
    const { deps, orders, received } = await thousandReceived();
    const cost = await costOf(deps, () => orders.delete(received.toReversed()));
    expect(cost).toMatchObject({ writeUnits: 1, requests: 1 });
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.receiveAll()).toEqual([]);
  });

  it('may be deleted one by one, and in parts: what is left comes again', async () => {
    const { deps, orders, received } = await thousandReceived();
    const kept = new Set([0, 7, 500, 501, 999]);
    expect(await orders.delete(received.slice(100, 101))).toEqual(['deleted']);
    const rest = received.filter((_, at) => !kept.has(at));
    expect(new Set(await orders.delete(rest))).toEqual(new Set(['deleted']));
    deps.clock.advance(MUCH_LATER_MS);
    expect(textsOf(await orders.receive(1000, { waitSeconds: 5 })).toSorted()).toEqual([...kept].map((at) => `m${at}`).toSorted());
  });

  it('lose ten to another consumer: those handles are stale, the others good', async () => {
    const { deps, orders, received } = await thousandReceived();
    deps.clock.advance(30_000 + SKEW_MS);
    const ten = await throughOther(deps).receive(10, { waitSeconds: 5 });
    expect(ten.map(({ receiveCount }) => receiveCount)).toEqual(Array.from({ length: 10 }, () => 2));
    const answers = await orders.delete(received);
    const taken = new Set(ten.map(({ messageId }) => messageId));
    expect(answers).toEqual(received.map(({ messageId }) => (taken.has(messageId) ? 'receiptHandleStale' : 'deleted')));
    expect(new Set(await orders.delete(ten))).toEqual(new Set(['deleted']));
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.receiveAll()).toEqual([]);
  });

  it('come again a hundred at a time, each once', async () => {
    const { deps, orders } = await thousandReceived();
    deps.clock.advance(30_000 + SKEW_MS);
    const again = [];
    for (let receives = 0; receives < 10; receives += 1) again.push(...await orders.receive(100, { waitSeconds: 5 }));
    expect(new Set(again.map(({ messageId }) => messageId)).size).toBe(1000);
    expect(await orders.receive(100)).toEqual([]);
    expect(new Set(await orders.delete(again))).toEqual(new Set(['deleted']));
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.receiveAll()).toEqual([]);
  });

  it('keep their handles while some were extended', async () => {
    const { deps, orders, received } = await thousandReceived();
    expect(await orders.change(received.slice(20, 25), 600)).toEqual(Array.from({ length: 5 }, () => 'changed'));
    expect(new Set(await orders.delete(received))).toEqual(new Set(['deleted']));
    deps.clock.advance(1_000_000);
    expect(await orders.receiveAll()).toEqual([]);
  });
});

describe('cost', () => {
  it('is one write for everything of one receive', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    for (const count of [1, 16, 64]) {
      await orders.send(...entries(count));
      const received = await orders.receive(count);
      expect(await costOf(deps, () => orders.delete(received))).toMatchObject({ writeUnits: 1, readUnits: 0, requests: 1 });
    }
  });
});

describe('by message id', () => {
  it('cancels a delayed message: it never comes, its neighbours do', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const [, messageId] = await orders.send(...entries(3, { delaySeconds: 3 }));
    expect(await orders.delete([{ messageId: messageId! }])).toEqual(['deleted']);
    expect(await orders.delete([{ messageId: messageId! }])).toEqual(['deleted']);
    deps.clock.advance(5000);
    expect(textsOf(await orders.receiveAll())).toEqual(['m0', 'm2']);
  });

  it('cancels several of one send at once', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const ids = await orders.send(...entries(100, { delaySeconds: 3 }));
    const cancelled = ids.filter((_, at) => at % 2 === 0).slice(0, 5).map((messageId) => ({ messageId }));
    for (const one of cancelled) expect(await orders.delete([one])).toEqual(['deleted']);
    deps.clock.advance(5000);
    expect((await orders.receiveAll()).length).toBe(95);
  });

  it('cancels all of one send in one batch', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const ids = await orders.send(...entries(30, { delaySeconds: 3 }));
    expect(new Set(await orders.delete(ids.map((messageId) => ({ messageId }))))).toEqual(new Set(['deleted']));
    deps.clock.advance(5000);
    expect(await orders.receiveAll()).toEqual([]);
    expect((await orders.counts()).delayed).toBe(0);
  });

  it('cancels also when the message has fallen due but nobody received it', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const [messageId] = await orders.send(entry('a', { delaySeconds: 3 }));
    deps.clock.advance(4000);
    expect(await orders.delete([{ messageId: messageId! }])).toEqual(['deleted']);
    expect(await orders.receiveAll()).toEqual([]);
  });

  it('is refused for a message that was received, or was never delayed', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const [delayed, ready] = await orders.send(entry('later', { delaySeconds: 3 }), 'now');
    deps.clock.advance(4000);
    const received = await orders.receiveAll();
    expect(received.map(textOf).toSorted()).toEqual(['later', 'now']);
    expect(await orders.delete([{ messageId: delayed! }, { messageId: ready! }])).toEqual(['messageNotDelayed', 'messageNotDelayed']);
    expect(await orders.delete(received)).toEqual(['deleted', 'deleted']);
  });

  it('is refused for an id that this queue never gave', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const others = await newQueue(deps, {}, 'others');
    const [foreign] = await others.send(entry('a', { delaySeconds: 3 }));
    await orders.send(entry('a', { delaySeconds: 3 }));
    expect(await orders.delete([{ messageId: foreign! }, { messageId: 'abc-0' }, { messageId: '' }]))
      .toEqual(['messageNotFound', 'messageNotFound', 'messageNotFound']);
    deps.clock.advance(3000);
    expect([(await orders.receive()).length, (await others.receive()).length]).toEqual([1, 1]);
  });

  it('and a receive at the same moment: one of the two wins', async () => {
    for (let run = 0; run < 10; run += 1) {
      const deps = memoryDeps();
      const orders = await newQueue(deps);
      const [messageId] = await orders.send(entry('a', { delaySeconds: 3 }));
      deps.clock.advance(3000);
      const [answer, received] = await Promise.all([orders.delete([{ messageId: messageId! }]), throughOther(deps).receive()]);
      expect([answer[0], received.length]).toEqual(answer[0] === 'deleted' ? ['deleted', 0] : ['messageNotDelayed', 1]);
    }
  });
});

describe('trouble', () => {
  it.each(['before', 'after', 'throttle'] as const)('fails the entry, and a repeat gives the true answer: %s', async (fault) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('a', 'b');
    const received = await orders.receive();
    table.fail({ fault, method: 'update', pkPrefix: 'c/' });
    expect(await orders.delete(received)).toEqual(['StoreUnavailable', 'StoreUnavailable']);
    expect(await orders.delete(received)).toEqual(['deleted', 'deleted']);
    deps.clock.advance(MUCH_LATER_MS);
    expect(await orders.receive(10, { waitSeconds: 5 })).toEqual([]);
  });

  it('with one receive fails the entries of that one only', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    await orders.send('b');
    const received = [...await orders.receive(1), ...await orders.receive(1)];
    table.fail({ fault: 'throttle', method: 'update', pkPrefix: 'c/' });
    expect((await orders.delete(received)).toSorted()).toEqual(['StoreUnavailable', 'deleted']);
  });
});
