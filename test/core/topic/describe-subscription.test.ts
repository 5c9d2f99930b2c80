import { describe, expect, it } from 'vitest';
import { previewRewind } from '../../../lib/core/queue/preview-rewind.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { describeSubscription } from '../../../lib/core/topic/describe-subscription.ts';
import { type MemoryDeps, memoryDeps } from '../../support/memory-deps.ts';
import { costOf, entries, entry, newQueue, refusalOf } from '../queue-calls.ts';
import { letDie, redrive } from '../redrive-calls.ts';
import { consume, EFFECTIVE_MS, WEEK_SECONDS } from '../rewind-calls.ts';
import { newTopic } from '../topic-calls.ts';

const tagged = (text: string, ...tags: readonly string[]) => entry(text, { tags });

it('counts what is the subscription\'s own, as an estimate where it has a filter', async () => {
  const deps = memoryDeps();
  const orders = await newTopic(deps);
  const [paid, all] = [await orders.subscribe('paid', { filter: { tags: ['paid'] } }), await orders.subscribe('all')];
  for (let at = 0; at < 50; at += 1) await orders.publish(tagged(`m${at}`, at % 5 === 0 ? 'paid' : 'open'));
  await orders.publish(entry('later', { tags: ['paid'], delaySeconds: 60 }));
  const counts = async (name: string) => (await describeSubscription(deps, { topic: 'orders', name })).counts;
  expect(await counts('paid')).toMatchObject({ ready: 11, inFlight: 0, estimated: true });
  expect(await counts('all')).toMatchObject({ ready: 51, estimated: false });
  await paid.receiveAll();
  await all.receive(10);
  expect(await counts('paid')).toMatchObject({ ready: 0, inFlight: 10, delayed: 1 });
});

it('refuses what is not there', async () => {
  const deps = memoryDeps();
  expect(await refusalOf(describeSubscription(deps, { topic: 'orders', name: 'risk' }))).toBe('subscriptionNotFound');
});

describe('of messages that are not its own', () => {
  const counts = async (deps: MemoryDeps, name: string) => (await describeSubscription(deps, { topic: 'orders', name })).counts;
  const topic = (deps: MemoryDeps) => newTopic(deps, { rewindSeconds: WEEK_SECONDS });

  it('counts none as rewindable, however many were published', async () => {
    const deps = memoryDeps();
    const orders = await topic(deps);
    const paid = await orders.subscribe('paid', { filter: { tags: ['paid'] } });
    for (let at = 0; at < 300; at += 1) await orders.publish(tagged(`m${at}`, at % 10 === 0 ? 'paid' : 'open'));
    expect(await counts(deps, 'paid')).toMatchObject({ ready: 30, rewindable: 0 });
    const received = await paid.receiveAll();
    await paid.delete(received.slice(0, 20));
    expect(await counts(deps, 'paid')).toMatchObject({ ready: 0, inFlight: 10, rewindable: 20, estimated: true });
    await paid.delete(received);
    expect(await counts(deps, 'paid')).toMatchObject({ ready: 0, inFlight: 0, rewindable: 30, oldestMessageAgeSeconds: undefined });
  });

  it('reckons what is rewindable of a long history from looks all over it, under the filters of each time', async () => {
    const deps = memoryDeps();
    const orders = await topic(deps);
    const paid = await orders.subscribe('paid', { filter: { tags: ['paid'] } });
    const publish = async (count: number, ...tags: readonly string[]) => {
      for (let at = 0; at < count; at += 100) {
        deps.clock.advance(1000);
        await orders.publish(...entries(100).map((one, index) => ({ ...one, tags: index % 10 === 0 ? tags : [] })));
      }
    };
    const startMs = deps.clock.now();
    await publish(20_000, 'paid');
    await consume(paid);
    await publish(20_000, 'other');
    const { rewindable, ready } = await counts(deps, 'paid');
    expect(ready).toBe(0);
    expect(rewindable).toBeGreaterThan(1600);
    expect(rewindable).toBeLessThan(2400);
    const preview = await previewRewind(deps, { name: 'orders/paid', from: { atMs: epochMs(startMs) } });
    expect(preview).toMatchObject({ approximate: true });
    expect(preview.messages).toBeGreaterThan(1600);
    expect(preview.messages).toBeLessThan(2400);
    expect((await costOf(deps, () => counts(deps, 'paid'))).requests).toBeLessThanOrEqual(60);
  });

  it('shows no age where all that is left belongs to others, and that of its oldest one otherwise', async () => {
    const deps = memoryDeps();
    const orders = await topic(deps);
    const paid = await orders.subscribe('paid', { filter: { tags: ['paid'] } });
    await orders.publish(tagged('own', 'paid'));
    await consume(paid);
    await orders.publish(tagged('a', 'open'), tagged('b', 'open'));
    deps.clock.advance(5000);
    expect(await counts(deps, 'paid')).toMatchObject({ ready: 0, inFlight: 0, oldestMessageAgeSeconds: undefined });
    await orders.publish(tagged('mine', 'paid'));
    deps.clock.advance(3000);
    expect(await counts(deps, 'paid')).toMatchObject({ ready: 1, oldestMessageAgeSeconds: 3 });
  });

  it('leaves aside what came back to another subscription alone, also after a rewind', async () => {
    const deps = memoryDeps();
    await newQueue(deps, {}, 'dead');
    const orders = await topic(deps);
    const [risk, all] = [await orders.subscribe('risk', { settings: { deadLetter: { queue: 'dead', maxReceiveCount: 1 } } }), await orders.subscribe('all')];
    const startMs = deps.clock.now();
    await orders.publish('a', 'b', 'c');
    await consume(all);
    await letDie(deps, risk);
    expect(await counts(deps, 'all')).toMatchObject({ ready: 0, rewindable: 3, estimated: false });
    expect(await redrive(deps)).toMatchObject({ moved: 3 });
    expect(await counts(deps, 'all')).toMatchObject({ ready: 0, rewindable: 3, oldestMessageAgeSeconds: undefined, estimated: true });
    expect(await counts(deps, 'risk')).toMatchObject({ ready: 3, rewindable: 3 });
    await rewindQueue(deps, { name: 'orders/all', from: { atMs: epochMs(startMs) } });
    deps.clock.advance(EFFECTIVE_MS);
    expect(await counts(deps, 'all')).toMatchObject({ ready: 3, rewindable: 0 });
    expect((await consume(all)).length).toBe(3);
    // Once that has left the history, nothing needs to be reckoned.
    deps.clock.advance((WEEK_SECONDS + 3 * 86_400) * 1000);
    expect(await counts(deps, 'all')).toMatchObject({ estimated: false });
  });
});
