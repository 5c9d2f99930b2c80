import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import type { Instance } from '../instance.ts';
import { CalmWorld } from './calm-world.ts';
import type { Usage } from './partition-limits.ts';

/** One message of about 100 bytes, so that a segment is one write unit. */
export const entry = { body: { kind: 'text', text: 'x'.repeat(100) }, attributes: {}, tags: [] } as const;

export interface SenderFigures {
  readonly senders: number;
  readonly sendsPerSecond: number;
  readonly shards: number;
  /** Puts of segments per one that landed: 1 is none wasted. */
  readonly writesPerSuccess: number;
  readonly throttled: number;
}

export interface BurstFigures {
  readonly shardsAtPeak: number;
  readonly shardsAfter: number;
  /** Read units of an empty receive. */
  readonly unitsNew: number;
  readonly unitsAfter: number;
}

const WARM_UP_MS = 30_000;
const MEASURED_MS = 20_000;
const THINK_MS = 100;

/** `count` senders, each a process of its own that sends one message, thinks for 100 ms, sends the next. */
export async function measureSenders(count: number): Promise<SenderFigures> {
  const world = new CalmWorld(count);
  let usage: Usage | undefined;
  let shards = 0;
  await world.play((async () => {
    const incarnation = await makeQueue(world);
    const endMs = world.scheduler.nowMs + WARM_UP_MS + MEASURED_MS;
    const senders = world.instances(count, 'sender').map((one) => sendUntil(world, one, endMs, THINK_MS));
    await world.scheduler.sleep(WARM_UP_MS);
    world.takeUsage();
    await world.scheduler.sleep(MEASURED_MS);
    usage = world.takeUsage();
    shards = await shardCount(world, incarnation);
    await Promise.all(senders);
  })());
  const [landed, refused, throttled] = [usage?.landed.get('l') ?? 0, usage?.refused.get('l') ?? 0, usage?.throttled.get('l') ?? 0];
  return { senders: count, sendsPerSecond: landed / MEASURED_MS * 1000, shards, writesPerSuccess: (landed + refused) / landed, throttled };
}

/** 200 senders for half a minute, then silence: what an empty receive costs before and ten minutes after. */
export async function measureBurst(): Promise<BurstFigures> {
  const world = new CalmWorld(1);
  const figures = { shardsAtPeak: 0, shardsAfter: 0, unitsNew: 0, unitsAfter: 0 };
  await world.play((async () => {
    const incarnation = await makeQueue(world);
    const [consumer] = world.instances(1, 'consumer');
    if (!consumer) return;
    await pollFor(world, consumer, 10);
    figures.unitsNew = await pollFor(world, consumer, 20);
    const endMs = world.scheduler.nowMs + WARM_UP_MS;
    await Promise.all(world.instances(200, 'sender').map((one) => sendUntil(world, one, endMs, 10)));
    figures.shardsAtPeak = await shardCount(world, incarnation);
    const [quiet] = world.instances(1, 'quiet sender');
    const quietly = sendUntil(world, quiet!, world.scheduler.nowMs + 600_000, 5000);
    await pollFor(world, consumer, 600);
    await quietly;
    await pollFor(world, consumer, 120);
    figures.unitsAfter = await pollFor(world, consumer, 20);
    figures.shardsAfter = await shardCount(world, incarnation);
  })());
  return figures;
}

async function makeQueue(world: CalmWorld): Promise<string> {
  const [maker] = world.instances(1, 'maker');
  if (!maker) throw new Error('nobody makes the queue');
  const { queue } = await maker.serve((deps) => createQueue(deps, { name: 'orders', settings: {} }));
  return queue.incarnation;
}

async function sendUntil(world: CalmWorld, instance: Instance, endMs: number, thinkMs: number): Promise<void> {
  const dice = world.dice.fork(`pause ${instance.name}`);
  await world.scheduler.sleep(dice.next() * thinkMs);
  while (world.scheduler.nowMs < endMs) {
    try {
      await instance.serve((deps) => sendMessages(deps, { name: 'orders', entries: [entry] }));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    await world.scheduler.sleep(thinkMs * (0.5 + dice.next()));
  }
}

/** Polls once a second and deletes what it gets; answers the read units of one poll. */
async function pollFor(world: CalmWorld, consumer: Instance, polls: number): Promise<number> {
  world.takeUsage();
  for (let at = 0; at < polls; at += 1) {
    for (;;) {
      const got = await consumer.serve((deps) => receiveMessages(deps, { name: 'orders', maxMessages: 1000, waitSeconds: 0 }));
      if (got.length === 0) break;
      await consumer.serve((deps) => deleteMessages(deps, { name: 'orders', entries: got.map(({ receiptHandle }) => ({ receiptHandle })) }));
    }
    await world.scheduler.sleep(1000);
  }
  return world.takeUsage().units.read / polls;
}

async function shardCount(world: CalmWorld, incarnation: string): Promise<number> {
  const [reader] = world.instances(1, 'reader');
  const view = await reader?.serve((deps) => deps.queues.readView(incarnation, { consistent: true }));
  return view?.definition.shards.length ?? 0;
}
