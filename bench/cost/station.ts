import type { Deps } from '../../lib/core/deps.ts';
import type { Delivery } from '../../lib/core/message.ts';
import type { QueueSettings } from '../../lib/core/queue.ts';
import { changeVisibility } from '../../lib/core/queue/change-visibility.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { deleteMessages } from '../../lib/core/queue/delete-messages.ts';
import { receiveMessages } from '../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../lib/core/queue/send-messages.ts';
import { lineSupply } from '../log-lines.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

export interface ReceiveOptions {
  readonly waitSeconds?: number;
  readonly visibilityTimeoutSeconds?: number;
}

export interface SendOptions {
  readonly delaySeconds?: number;
  readonly tags?: readonly string[];
}

/** A process that consumes a queue or a subscription. Every call is recorded, and fails when an entry does. */
export interface Consumer {
  receive(count: number, options?: ReceiveOptions): Promise<Recording<readonly Delivery[]>>;
  delete(messages: readonly Delivery[]): Promise<Recording<void>>;
  changeVisibility(messages: readonly Delivery[], seconds: number): Promise<Recording<void>>;
}

/**
 * One queue with a producer and a consumer, each a process of its own. Every call is recorded, and
 * fails when an entry does: a refused message costs nothing and would make the figures look better.
 */
export interface Station extends Consumer {
  readonly world: CostWorld;
  readonly send: (count: number, options?: SendOptions) => Promise<Recording<void>>;
}

export async function newStation(world: CostWorld, name: string, settings: Partial<QueueSettings> = {}): Promise<Station> {
  await createQueue(world.newProcess(), { name, settings });
  return { world, send: producerOf(world, name), ...consumerOf(world, name) };
}

/** Sends to a queue, or publishes to a topic, from a process of its own. */
export function producerOf(world: CostWorld, name: string): Station['send'] {
  const [producer, nextBody] = [world.newProcess(), lineSupply()];
  return (count, options = {}) => world.trace.record(() => sendAll(producer, name, Array.from({ length: count }, nextBody), options));
}

export function consumerOf(world: CostWorld, name: string): Consumer {
  const [consumer, { trace }] = [world.newProcess(), world];
  return {
    receive: (count, options = {}) => trace.record(() => receiveMessages(consumer, { name, maxMessages: count, waitSeconds: 0, ...options })),
    delete: (messages) => trace.record(async () => {
      const entries = messages.map(({ receiptHandle }) => ({ receiptHandle }));
      allDone(await deleteMessages(consumer, { name, entries }));
    }),
    changeVisibility: (messages, visibilityTimeoutSeconds) => trace.record(async () => {
      const entries = messages.map(({ receiptHandle }) => ({ receiptHandle, visibilityTimeoutSeconds }));
      allDone(await changeVisibility(consumer, { name, entries }));
    }),
  };
}

async function sendAll(deps: Deps, name: string, bodies: readonly string[], { tags = [], ...delay }: SendOptions): Promise<void> {
  const entries = bodies.map((text) => ({ body: { kind: 'text' as const, text }, attributes: {}, tags, ...delay }));
  allDone(await sendMessages(deps, { name, entries }));
}

type EntryResult = { readonly kind: string } | { readonly kind: 'failed'; readonly error: Error };

function allDone(results: readonly EntryResult[]): void {
  for (const result of results) {
    if ('error' in result) throw result.error;
  }
}
