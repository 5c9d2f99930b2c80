import { describe, expect, it } from 'vitest';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { type EpochMs, msAfter } from '../../../lib/core/time.ts';
import { type EventClock, eventClock } from '../../support/event-clock.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entry, queueCalls, textOf } from '../queue-calls.ts';
import { newTopic, type TopicCalls } from '../topic-calls.ts';

const DAY_SECONDS = 86_400;

/** With a waiting consumer, within a quarter of a second plus one poll (api.md, Limits). */
const LATE_MS_MAX = 1250;

interface Publication { readonly text: string; readonly dueAtMs: EpochMs }

/** How late each came to one consumer that waits, beside whoever publishes. */
async function lateness(clock: EventClock, deps: MemoryDeps, orders: TopicCalls, publications: AsyncIterable<Publication>): Promise<ReadonlyMap<string, number>> {
  const risk = queueCalls(deps, 'orders/risk');
  const due = new Map<string, EpochMs>();
  const late = new Map<string, number>();
  const published = new AbortController();
  const publishing = (async () => {
    for await (const { text, dueAtMs } of publications) {
      due.set(text, dueAtMs);
      await orders.publish(entry(text, { deliverAtMs: dueAtMs }));
    }
    published.abort();
  })();
  const consuming = (async () => {
    while (!published.signal.aborted || late.size < due.size) {
      const received = await receiveMessages(deps, { name: 'orders/risk', maxMessages: 100, waitSeconds: 10 });
      for (const delivery of received) late.set(textOf(delivery), clock.now() - due.get(textOf(delivery))!);
      if (received.length > 0) await risk.delete(received);
    }
  })();
  await clock.run(Promise.all([publishing, consuming]));
  return late;
}

async function world() {
  const clock = eventClock();
  clock.advance(1_700_000_000_000);
  const deps = memoryDeps({ clock });
  const orders = await newTopic(deps);
  await orders.subscribe('risk');
  return { clock, deps, orders };
}

describe('a delayed publication comes when it is due', () => {
  it('though ever so many before it are due much later', async () => {
    const { clock, deps, orders } = await world();
    await orders.publish(entry('makes the shard of what is due later', { delaySeconds: DAY_SECONDS }));
    clock.advance(10_000);
    for (let sends = 0; sends < 50; sends += 1) await orders.publish(...Array.from({ length: 1000 }, () => entry('far', { delaySeconds: DAY_SECONDS })));
    async function* soon() {
      for (let count = 0; count < 10; count += 1) {
        yield { text: `soon ${count}`, dueAtMs: msAfter(clock.now(), 1000) };
        await clock.sleep(1000);
      }
    }
    const late = await lateness(clock, deps, orders, soon());
    expect(late.size).toBe(10);
    expect(Math.min(...late.values())).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late.values())).toBeLessThan(LATE_MS_MAX);
  });

  it('also among others that are due a little earlier and later', async () => {
    const { clock, deps, orders } = await world();
    async function* mixed() {
      for (let count = 0; count < 300; count += 1) {
        yield { text: `number ${count}`, dueAtMs: msAfter(clock.now(), 1 + Math.floor(deps.system.random() * 3000)) };
        await clock.sleep(100);
      }
    }
    const late = await lateness(clock, deps, orders, mixed());
    expect(late.size).toBe(300);
    expect(Math.min(...late.values())).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late.values())).toBeLessThan(LATE_MS_MAX);
  });
});
