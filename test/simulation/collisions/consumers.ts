import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { limits } from '../../../lib/core/limits.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import type { Instance } from '../instance.ts';
import { CalmWorld } from './calm-world.ts';
import { entry } from './senders.ts';

export interface ConsumerFigures {
  readonly consumers: number;
  readonly messagesPerSecond: number;
  readonly received: number;
  /** Puts of leases per one that landed. */
  readonly writesPerSuccess: number;
  /** From the answer to the send to the answer to the receive. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Read units a second of all consumers together. */
  readonly readUnitsPerSecond: number;
}

const WARM_UP_MS = 120_000;
const MEASURED_MS = 180_000;

const DAY_SECONDS = 86_400;

/** `count` consumers, each a process of its own in a long poll, and messages at a steady rate, beside `delayed` others that are due in a day. */
export async function measureConsumers(count: number, messagesPerSecond: number, delayed = 0): Promise<ConsumerFigures> {
  const world = new CalmWorld(count * 1000 + messagesPerSecond);
  const sentAtMs = new Map<string, number>();
  const latencies: number[] = [];
  let writesPerSuccess = 0;
  let readUnitsPerSecond = 0;
  await world.play((async () => {
    const [sender] = world.instances(1, 'sender');
    if (!sender) return;
    await sender.serve((deps) => createQueue(deps, { name: 'orders', settings: {} }));
    await sendForTomorrow(sender, delayed);
    const endMs = world.scheduler.nowMs + WARM_UP_MS + MEASURED_MS;
    const consumers = world.instances(count, 'consumer').map((one) => consumeUntil(world, one, endMs, (messageId) => {
      const atMs = sentAtMs.get(messageId);
      if (atMs !== undefined && world.scheduler.nowMs > endMs - MEASURED_MS) latencies.push(world.scheduler.nowMs - atMs);
    }));
    const sending = sendSteadily(world, sender, endMs, messagesPerSecond, sentAtMs);
    await world.scheduler.sleep(WARM_UP_MS);
    world.takeUsage();
    await world.scheduler.sleep(MEASURED_MS);
    const { landed, refused, units } = world.takeUsage();
    writesPerSuccess = ((landed.get('c') ?? 0) + (refused.get('c') ?? 0)) / (landed.get('c') ?? 1);
    readUnitsPerSecond = units.read / MEASURED_MS * 1000;
    await Promise.all([...consumers, sending]);
  })());
  latencies.sort((a, b) => a - b);
  const at = (part: number): number => Math.round(latencies[Math.floor(latencies.length * part)] ?? Number.NaN);
  return { consumers: count, messagesPerSecond, received: latencies.length, writesPerSuccess, p50Ms: at(0.5), p95Ms: at(0.95), readUnitsPerSecond };
}

async function sendForTomorrow(sender: Instance, messages: number): Promise<void> {
  const entries = Array.from({ length: limits.batchEntries.max }, () => ({ ...entry, delaySeconds: DAY_SECONDS }));
  for (let sent = 0; sent < messages; sent += entries.length) {
    await sender.serve((deps) => sendMessages(deps, { name: 'orders', entries: entries.slice(0, messages - sent) }));
  }
}

async function sendSteadily(
  world: CalmWorld, sender: Instance, endMs: number, perSecond: number, sentAtMs: Map<string, number>,
): Promise<void> {
  const dice = world.dice.fork('sending');
  while (world.scheduler.nowMs < endMs) {
    const [sent] = await sender.serve((deps) => sendMessages(deps, { name: 'orders', entries: [entry] }));
    if (sent?.kind === 'sent') sentAtMs.set(sent.messageId, world.scheduler.nowMs);
    await world.scheduler.sleep(1000 / perSecond * (0.5 + dice.next()));
  }
}

async function consumeUntil(world: CalmWorld, consumer: Instance, endMs: number, received: (messageId: string) => void): Promise<void> {
  await world.scheduler.sleep(world.dice.fork(consumer.name).next() * 1000);
  while (world.scheduler.nowMs < endMs) {
    const got = await consumer.serve((deps) => receiveMessages(deps, { name: 'orders', maxMessages: 10, waitSeconds: 20 }));
    for (const { messageId } of got) received(messageId);
    const entries = got.map(({ receiptHandle }) => ({ receiptHandle }));
    if (entries.length > 0) await consumer.serve((deps) => deleteMessages(deps, { name: 'orders', entries }));
  }
}
