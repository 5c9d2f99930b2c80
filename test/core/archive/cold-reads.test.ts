import { describe, expect, it } from 'vitest';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { peekMessages } from '../../../lib/core/queue/peek-messages.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entry, textsOf, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS } from '../rewind-calls.ts';
import { archive, cool, DAY_MS, expire, HOUR_MS, longLived, segmentsOf } from './cold.ts';

const names = (count: number, prefix = 'm'): readonly string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

/** As a new process: what this one remembers of segments would hide what it has to read. */
const other = (deps: MemoryDeps): MemoryDeps => memoryDeps({ world: deps.world });

describe('messages that only the archive has', () => {
  it('are received once each, in order, and stay deleted', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    for (let at = 0; at < 40; at += 1) await orders.send(...names(50, `${at}/`));
    await cool(deps);
    expect(await segmentsOf(deps)).toEqual([]);
    const fresh = throughOther(deps);
    const received = await fresh.receiveAll();
    expect(textsOf(received)).toEqual(Array.from({ length: 40 }, (_, at) => names(50, `${at}/`)).flat());
    for (let at = 0; at < received.length; at += 1000) await fresh.delete(received.slice(at, at + 1000));
    deps.clock.advance(HOUR_MS);
    expect(await consume(throughOther(deps))).toEqual([]);
  });

  it('come with everything they were sent with', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const bytes = Uint8Array.of(0, 255, 1);
    await orders.send(entry('text', { attributes: { type: 'a', ['__proto__']: 'b' }, tags: ['x', 'y'] }), entry('', { body: { kind: 'binary', bytes } }));
    const sentAtMs = deps.clock.now();
    await cool(deps);
    const [text, binary] = await throughOther(deps).receive();
    expect(text).toMatchObject({ body: { kind: 'text', text: 'text' }, attributes: { type: 'a' }, tags: ['x', 'y'], enqueuedAtMs: sentAtMs, receiveCount: 1 });
    expect(binary?.body).toEqual({ kind: 'binary', bytes });
  });

  it('come again when nobody deleted them in time', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...names(30));
    await cool(deps);
    expect(await throughOther(deps).receive(30)).toHaveLength(30);
    deps.clock.advance(31_000);
    const again = await throughOther(deps).receiveAll();
    expect(textsOf(again).toSorted()).toEqual(names(30).toSorted());
    expect(again.every(({ receiveCount }) => receiveCount === 2)).toBe(true);
    expect(new Set(await throughOther(deps).delete(again))).toEqual(new Set(['deleted']));
  });

  it('are followed by those that are still in the table', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...names(20, 'old'));
    deps.clock.advance(4 * DAY_MS);
    await orders.send(...names(20, 'new'));
    await archive(deps);
    deps.clock.advance(5 * DAY_MS);
    expect(await expire(deps)).toBeGreaterThan(0);
    expect((await segmentsOf(deps)).length).toBeGreaterThan(0);
    expect((await consume(throughOther(deps))).toSorted()).toEqual([...names(20, 'new'), ...names(20, 'old')].toSorted());
  });

  it('come again after a rewind into the middle, to the message', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const times: number[] = [];
    for (let at = 0; at < 30; at += 1) {
      times.push(deps.clock.now());
      await orders.send(...names(50, `${at}/`));
      deps.clock.advance(7 * 60_000);
    }
    await consume(orders);
    await cool(deps);
    const fresh = other(deps);
    await rewindQueue(fresh, { name: 'orders', from: { atMs: epochMs(times[15]!) } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(textsOf(await throughOther(deps).receiveAll())).toEqual(Array.from({ length: 15 }, (_, at) => names(50, `${at + 15}/`)).flat());
  });

  it('are selected by a rewind with a filter, and nothing else is', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const ids = await orders.send(...names(20));
    await consume(orders);
    await orders.send(...names(5, 'unread'));
    await cool(deps);
    await rewindQueue(other(deps), { name: 'orders', filter: { messageIds: [ids[3]!, ids[17]!] } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(throughOther(deps))).toEqual(['m17', 'm3', ...names(5, 'unread')]);
  });

  it('begin at a message named by its id, in the middle of what was sent together', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const ids = await orders.send(...names(10));
    await consume(orders);
    await cool(deps);
    await rewindQueue(other(deps), { name: 'orders', from: { messageId: ids[6]! } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(throughOther(deps))).toEqual(names(10).slice(6));
  });

  it('are found by their ids, counted, and seen by a peek', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const sentAtMs = deps.clock.now();
    const ids = await orders.send(...names(10));
    await cool(deps);
    expect(await findMessage(other(deps), { name: 'orders', messageId: ids[4]! })).toMatchObject({ body: { text: 'm4' }, state: 'ready' });
    expect(await throughOther(deps).counts()).toMatchObject({ ready: 10, oldestMessageAgeSeconds: (deps.clock.now() - sentAtMs) / 1000 });
    const { messages } = await peekMessages(other(deps), { name: 'orders', limit: 100, state: 'ready' });
    expect(textsOf(messages)).toEqual(names(10));
  });

  it('are skipped by a purge', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...names(10));
    await cool(deps);
    await purgeQueue(other(deps), { name: 'orders' });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await consume(throughOther(deps))).toEqual([]);
  });

  it('are not forgotten when the queue is sent to again after weeks', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...names(10, 'old'));
    await cool(deps);
    await throughOther(deps).send('new');
    expect((await consume(throughOther(deps))).toSorted()).toEqual([...names(10, 'old'), 'new'].toSorted());
  });

  it('are not hidden when what was sent before them is still in the table, being due later', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(entry('next month', { delaySeconds: 20 * 86_400 }));
    await orders.send(entry('in an hour', { delaySeconds: 3600 }));
    await cool(deps);
    expect((await segmentsOf(deps)).map(({ base }) => base)).toEqual([0]);
    // Sent into the shard that is silent, which is closed now: behind its last message, not in its place.
    await throughOther(deps).send(entry('tomorrow', { delaySeconds: 86_400 }));
    const seals = (await segmentsOf(deps)).filter(({ body }) => body.kind === 'seal');
    expect(seals.map(({ base }) => base)).toEqual([2]);
    expect(await consume(throughOther(deps))).toEqual(['in an hour']);
  });

  it('expire like any other', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...names(10));
    await cool(deps);
    deps.clock.advance(21 * DAY_MS - 1);
    expect(await throughOther(deps).receive(1)).toHaveLength(1);
    deps.clock.advance(1);
    expect(await throughOther(deps).receive(10)).toEqual([]);
  });

  it('come when they were delayed, and nobody was there for longer than the table has them', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(entry('later', { delaySeconds: 3600 }));
    await cool(deps);
    expect(await consume(throughOther(deps))).toEqual(['later']);
  });
});

describe('a queue with history beyond the table', () => {
  it('pays for it with one look at the archive an hour, whatever it receives', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    const looks: string[] = [];
    const consumer = memoryDeps({ world: deps.world });
    const lastManifest: typeof consumer.archive.lastManifest = async (shard) => {
      looks.push(shard.shard);
      return consumer.archive.lastManifest(shard);
    };
    const watched = { ...consumer, archive: { ...consumer.archive, lastManifest } };
    for (let at = 0; at < 50; at += 1) {
      await throughOther(deps).send(`m${at}`);
      expect(await receiveMessages(watched, { name: 'orders', maxMessages: 10 })).toHaveLength(1);
      expect(await receiveMessages(watched, { name: 'orders', maxMessages: 10 })).toEqual([]);
      deps.clock.advance(100);
    }
    expect(looks).toHaveLength(1);
  });
});

describe('a queue without history beyond the table', () => {
  it('asks the archive nothing', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps, { retentionSeconds: 4 * 86_400, rewindSeconds: 0 });
    await orders.send(...names(10));
    const asked: string[] = [];
    const watched = memoryDeps({ world: deps.world });
    const archiveOf = { ...watched.archive, lastManifest: async () => { asked.push('lastManifest'); return undefined; } };
    const calls = { ...watched, archive: archiveOf };
    await consume(throughOther(deps));
    expect(await receiveMessages(calls, { name: 'orders', maxMessages: 10 })).toEqual([]);
    expect(asked).toEqual([]);
  });
});
