/** Long because: delay, idempotency, the object lane and their faults are one operation. */
import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { msAfter } from '../../../lib/core/time.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, faultyDeps, newQueue, outcomesOf, queueCalls, refusalOf, textOf, textsOf } from '../queue-calls.ts';

describe('a batch', () => {
  it('answers each entry in order, with an id of its own, and what was sent is received', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const ids = await orders.send('a', 'b', 'c');
    expect(new Set(ids).size).toBe(3);
    const received = await orders.receive();
    expect(received.map((message) => [message.messageId, textOf(message)])).toEqual([[ids[0], 'a'], [ids[1], 'b'], [ids[2], 'c']]);
    expect(received[0]?.enqueuedAtMs).toBe(deps.clock.now());
  });

  it('brings bodies, attributes and tags as they were', async () => {
    const orders = await newQueue(memoryDeps());
    const sent = [
      entry('', { attributes: { kind: 'empty', ü: '😀' }, tags: ['a', 'b'] }),
      { ...entry(''), body: { kind: 'binary', bytes: Uint8Array.from([0, 255, 10]) } } as const,
    ];
    await orders.send(...sent);
    expect((await orders.receive()).map(({ body, attributes, tags }) => ({ body, attributes, tags }))).toEqual(sent);
  });

  it('refuses one message that is too large, and sends the others', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { maxMessageBytes: 1024 });
    const results = await sendMessages(deps, { name: 'orders', entries: [entry('a'), entry('x'.repeat(1025)), entry('y'.repeat(1024))] });
    expect(outcomesOf(results)).toEqual(['sent', 'messageTooLarge', 'sent']);
    expect((await orders.receive()).length).toBe(2);
  });

  it('sends nothing where all or nothing was asked for and one is too large', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { maxMessageBytes: 1024 });
    const request = { name: 'orders', entries: [entry('fits'), entry('x'.repeat(1025))], isAllOrNothing: true };
    expect(await refusalOf(sendMessages(deps, request))).toBe('messageTooLarge');
    expect(await orders.receive()).toEqual([]);
  });

  it('counts attributes and tags against the size of a message', async () => {
    const deps = memoryDeps();
    await newQueue(deps, { maxMessageBytes: 1024 });
    const fits = entry('x'.repeat(1000), { attributes: { name: 'value' }, tags: ['x'.repeat(15)] });
    const tooLarge = { ...fits, tags: ['x'.repeat(16)] };
    expect(outcomesOf(await sendMessages(deps, { name: 'orders', entries: [fits, tooLarge] }))).toEqual(['sent', 'messageTooLarge']);
  });

  it('may have 1 to 1,000 entries', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    expect(await refusalOf(sendMessages(deps, { name: 'orders', entries: [] }))).toBe('parameterOutOfRange');
    expect(await refusalOf(sendMessages(deps, { name: 'orders', entries: entries(1001) }))).toBe('parameterOutOfRange');
    expect((await orders.send(...entries(1000))).length).toBe(1000);
  });

  it('is refused when there is no such queue', async () => {
    expect(await refusalOf(sendMessages(memoryDeps(), { name: 'orders', entries: [entry('a')] }))).toBe('queueNotFound');
  });
});

describe('cost', () => {
  it('is one write for a small send once the process is warm, whatever the number', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('warm');
    expect(await costOf(deps, () => orders.send('x'.repeat(500)))).toMatchObject({ writeUnits: 1, requests: 1, objectPuts: 0 });
    expect(await costOf(deps, () => orders.send(...entries(16)))).toMatchObject({ writeUnits: 1, requests: 1 });
  });

  it('of a large send is one object and one small write', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { inlineSegmentBytes: 100 });
    await orders.send('warm');
    const cost = await costOf(deps, () => orders.send(...entries(1000)));
    expect(cost).toMatchObject({ writeUnits: 1, readUnits: 0, requests: 1, objectPuts: 1 });
    const received = (await orders.receiveAll()).map(textOf);
    expect(received.toSorted()).toEqual(['warm', ...textsOf(entries(1000))].toSorted());
  });

  it('puts an object only above the bound of the queue', async () => {
    const deps = memoryDeps();
    const packedBytes = deps.codec.pack([entry('exactly')]).byteLength;
    const inline = await newQueue(deps, { inlineSegmentBytes: packedBytes }, 'inline');
    const objects = await newQueue(deps, { inlineSegmentBytes: packedBytes - 1 }, 'objects');
    expect((await costOf(deps, () => inline.send('exactly'))).objectPuts).toBe(0);
    expect((await costOf(deps, () => objects.send('exactly'))).objectPuts).toBe(1);
    expect([textsOf(await inline.receive()), textsOf(await objects.receive())]).toEqual([['exactly'], ['exactly']]);
  });
});

describe('delay', () => {
  it('counts from the enqueue time, however slow the writes are', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    const { world } = deps;
    const slowTable: ItemTable = { ...world.table, put: async (item, condition) => {
      deps.clock.advance(500);
      return world.table.put(item, condition);
    } };
    const [messageId = ''] = await queueCalls(memoryDeps({ world: { ...world, table: slowTable } })).send(entry('later', { delaySeconds: 3 }));
    const { enqueuedAtMs, visibleAtMs } = await findMessage(deps, { name: 'orders', messageId });
    expect(visibleAtMs).toBe(enqueuedAtMs + 3000);
  });

  it.each([[2999, 0], [3000, 1]])('of 3 s: after %i ms %i messages', async (passedMs, count) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(entry('later', { delaySeconds: 3 }));
    deps.clock.advance(passedMs);
    expect((await orders.receive()).length).toBe(count);
  });

  it('ends at the very moment for a consumer that waits', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(entry('later', { delaySeconds: 3 }));
    const sentAtMs = deps.clock.now();
    expect(textsOf(await orders.receive(10, { waitSeconds: 20 }))).toEqual(['later']);
    expect(deps.clock.now() - sentAtMs).toBe(3000);
  });

  it('of 3 s is not lengthened by thousands that are delayed by a day, nor do they cost the consumer anything', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.receive();
    const without = await costOf(deps, () => orders.receive());
    for (let sends = 0; sends < 20; sends += 1) await orders.send(...entries(1000, { delaySeconds: 86_400 }));
    expect(await costOf(deps, () => orders.receive())).toEqual(without);
    await orders.send(entry('soon', { delaySeconds: 3 }));
    const sentAtMs = deps.clock.now();
    expect(textsOf(await orders.receive(10, { waitSeconds: 20 }))).toEqual(['soon']);
    expect(deps.clock.now() - sentAtMs).toBe(3000);
  });

  it('does not hold up what was sent without one', async () => {
    const orders = await newQueue(memoryDeps());
    await orders.send(entry('later', { delaySeconds: 3 }), 'now', entry('also now', { delaySeconds: 0 }));
    expect(textsOf(await orders.receive())).toEqual(['now', 'also now']);
  });

  it('may differ within a batch: each message comes at its own time, never early', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const startMs = deps.clock.now();
    await orders.send(...[5, 2, 9, 2].map((seconds) => entry(`${seconds}`, { delaySeconds: seconds })));
    const came: Array<readonly [string, number]> = [];
    while (came.length < 4) {
      for (const message of await orders.receive(10, { waitSeconds: 20 })) came.push([textOf(message), deps.clock.now() - startMs]);
    }
    expect(came.map(([text]) => text)).toEqual(['2', '2', '5', '9']);
    for (const [text, afterMs] of came) {
      expect(afterMs).toBeGreaterThanOrEqual(Number(text) * 1000);
      expect(afterMs).toBeLessThan(Number(text) * 1000 + 1500);
    }
  });

  it('may end at a given time, to the millisecond', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(entry('then', { deliverAtMs: msAfter(deps.clock.now(), 1234) }));
    deps.clock.advance(1233);
    expect(await orders.receive()).toEqual([]);
    deps.clock.advance(1);
    expect(textsOf(await orders.receive())).toEqual(['then']);
  });

  it('to a time that has passed is none', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(entry('at once', { deliverAtMs: msAfter(deps.clock.now(), -1) }));
    expect(textsOf(await orders.receive())).toEqual(['at once']);
  });

  it("is the queue's own where the sender does not say", async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { delaySeconds: 10 });
    await orders.send('by default', entry('at once', { delaySeconds: 0 }));
    expect(textsOf(await orders.receive())).toEqual(['at once']);
    deps.clock.advance(10_000);
    expect(textsOf(await orders.receive())).toEqual(['by default']);
  });

  it('may be longer than a year and than the retention, which begins with the due time', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 60 });
    await orders.send(entry('much later', { delaySeconds: 400 * 86_400 }));
    deps.clock.advance(400 * 86_400_000 - 1);
    expect(await orders.receive()).toEqual([]);
    deps.clock.advance(1);
    expect(textsOf(await orders.receive())).toEqual(['much later']);
  });

  it('is kept for a consumer that comes late', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(entry('later', { delaySeconds: 3 }));
    deps.clock.advance(3_600_000);
    expect(textsOf(await queueCalls(memoryDeps({ world: deps.world })).receive())).toEqual(['later']);
  });

  it('falls due for one consumer only, and comes again when that one lets its time pass', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const others = queueCalls(memoryDeps({ world: deps.world }));
    await orders.send(entry('later', { delaySeconds: 3 }));
    deps.clock.advance(3000);
    const both = await Promise.all([orders.receive(), others.receive()]);
    expect(both.flat().map(({ receiveCount }) => receiveCount)).toEqual([1]);
    deps.clock.advance(30_200);
    expect((await others.receive(1, { waitSeconds: 3 })).map(({ receiveCount }) => receiveCount)).toEqual([2]);
  });
});

describe('trouble', () => {
  it.each(['before', 'after', 'throttle'] as const)('sends once when one attempt fails: %s', async (fault) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    table.fail({ fault, method: 'put', pkPrefix: 'l/' });
    await orders.send('a');
    await orders.send('b');
    expect(table.pending()).toBe(0);
    expect(textsOf(await orders.receiveAll())).toEqual(['a', 'b']);
  });

  it('says so when nothing could be sent', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    table.fail({ fault: 'throttle', method: 'put', pkPrefix: 'l/', times: 3 });
    await expect(orders.send('a')).rejects.toThrow(StoreUnavailable);
    expect(await orders.receiveAll()).toEqual([]);
    await orders.send('b');
    expect(textsOf(await orders.receiveAll())).toEqual(['b']);
  });

  it('answers each entry for itself when only the delayed part failed', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    table.fail({ fault: 'throttle', method: 'put', pkPrefix: 'a/' });
    const results = await sendMessages(deps, { name: 'orders', entries: [entry('later', { delaySeconds: 3 }), entry('now')] });
    expect(outcomesOf(results)).toEqual(['StoreUnavailable', 'sent']);
    expect(textsOf(await orders.receive())).toEqual(['now']);
  });

  it('loses no delayed message to a lost reply', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    table.fail({ fault: 'after', method: 'put', pkPrefix: 'l/' });
    await orders.send(entry('later', { delaySeconds: 3 }));
    deps.clock.advance(5000);
    expect(textsOf(await orders.receiveAll())).toEqual(['later']);
  });
});

describe('idempotency key', () => {
  const repeat = { name: 'orders', entries: [entry('a'), entry('b')], idempotencyKey: 'key' };

  it('refuses a repeat in which an entry fits that was too large the first time', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { maxMessageBytes: 1024 });
    const request = { ...repeat, entries: [entry('x'.repeat(2000)), entry('small')] };
    expect(outcomesOf(await sendMessages(deps, request))).toEqual(['messageTooLarge', 'sent']);
    await changeQueue(deps, { name: 'orders', changes: { maxMessageBytes: 4096 } });
    expect(await refusalOf(sendMessages(deps, request))).toBe('idempotencyKeyReused');
    expect(textsOf(await orders.receiveAll())).toEqual(['small']);
  });

  it('sends a repeated request once, and answers it alike', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const first = await sendMessages(deps, repeat);
    deps.clock.advance(60_000);
    expect(await sendMessages(memoryDeps({ world: deps.world }), repeat)).toEqual(first);
    expect(textsOf(await orders.receiveAll())).toEqual(['a', 'b']);
  });

  it('is of one queue, and another key is another request', async () => {
    const deps = memoryDeps();
    const [orders, others] = [await newQueue(deps), await newQueue(deps, {}, 'others')];
    await sendMessages(deps, repeat);
    await sendMessages(deps, { ...repeat, name: 'others' });
    await sendMessages(deps, { ...repeat, idempotencyKey: 'other key' });
    expect([(await orders.receiveAll()).length, (await others.receiveAll()).length]).toEqual([4, 2]);
  });

  it.each([
    ['body', [entry('a'), entry('B')]], ['order', [entry('b'), entry('a')]], ['number', [entry('a')]],
    ['attribute', [entry('a', { attributes: { x: 'y' } }), entry('b')]], ['tag', [entry('a', { tags: ['x'] }), entry('b')]],
    ['bytes', [{ ...entry('a'), body: { kind: 'binary', bytes: Uint8Array.from([97]) } } as const, entry('b')]],
  ])('is refused for a request with another %s', async (_, changed) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await sendMessages(deps, repeat);
    expect(await refusalOf(sendMessages(deps, { ...repeat, entries: changed }))).toBe('idempotencyKeyReused');
    expect(textsOf(await orders.receiveAll())).toEqual(['a', 'b']);
  });

  it.each(['before', 'after', 'throttle'] as const)('lets a request be repeated that failed for good: %s', async (fault) => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    table.fail({ fault, method: 'put', pkPrefix: 'l/', times: 3 });
    await expect(sendMessages(deps, repeat)).rejects.toThrow(StoreUnavailable);
    await orders.send('in between');
    expect(outcomesOf(await sendMessages(deps, repeat))).toEqual(['sent', 'sent']);
    expect(outcomesOf(await sendMessages(deps, repeat))).toEqual(['sent', 'sent']);
    expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(['a', 'b', 'in between']);
  });

  it('holds for a mixed request: what is ready and what is delayed come once each', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    const mixed = { name: 'orders', entries: [entry('now'), entry('later', { delaySeconds: 3 })], idempotencyKey: 'key' };
    table.fail({ fault: 'throttle', method: 'put', pkPrefix: 'a/' });
    expect(outcomesOf(await sendMessages(deps, mixed))).toEqual(['sent', 'StoreUnavailable']);
    expect(outcomesOf(await sendMessages(deps, mixed))).toEqual(['sent', 'sent']);
    const third = await sendMessages(deps, mixed);
    expect(outcomesOf(third)).toEqual(['sent', 'sent']);
    expect(textsOf(await orders.receiveAll())).toEqual(['now']);
    deps.clock.advance(5000);
    const later = await orders.receiveAll();
    expect(later.map((message) => [textOf(message), message.messageId])).toEqual([['later', third[1]?.kind === 'sent' ? third[1].messageId : '']]);
  });

  it('holds when a message of a given time has fallen due before the repeat', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const request = {
      name: 'orders', entries: [entry('now'), entry('then', { deliverAtMs: msAfter(deps.clock.now(), 2000) })], idempotencyKey: 'key',
    };
    const first = await sendMessages(deps, request);
    deps.clock.advance(3000);
    expect(await sendMessages(deps, request)).toEqual(first);
    expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(['now', 'then']);
  });

  it('is remembered for a day', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const first = await sendMessages(deps, repeat);
    deps.clock.advance(86_400_000 - 1);
    expect(await sendMessages(deps, repeat)).toEqual(first);
    expect((await orders.receiveAll()).length).toBe(2);
  });

  it('lets two repeats at the same time send once', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const tries = [deps, memoryDeps({ world: deps.world }), memoryDeps({ world: deps.world })];
    const outcomes = await Promise.all(tries.map((process) => refusalOf(sendMessages(process, repeat))));
    expect(outcomes).toContain('not refused');
    expect(outcomes.every((outcome) => outcome === 'not refused' || outcome === 'queueIsChanging')).toBe(true);
    expect(outcomesOf(await sendMessages(deps, repeat))).toEqual(['sent', 'sent']);
    expect(textsOf(await orders.receiveAll())).toEqual(['a', 'b']);
  });
});

describe('many senders', () => {
  it('lose nothing and send nothing twice', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const senders = Array.from({ length: 12 }, () => queueCalls(memoryDeps({ world: deps.world })));
    await Promise.all(senders.map(async (sender, at) => {
      for (let sends = 0; sends < 10; sends += 1) await sender.send(`${at}/${sends}`);
    }));
    const texts = textsOf(await orders.receiveAll());
    expect(texts.length).toBe(120);
    expect(new Set(texts).size).toBe(120);
  });
});
