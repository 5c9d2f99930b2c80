import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Delivery } from '../../lib/core/message.ts';
import { purgeQueue } from '../../lib/core/queue/purge-queue.ts';
import { memoryDeps, type MemoryDeps, memoryWorld } from '../support/memory-deps.ts';
import { entry, newQueue, type QueueCalls, queueCalls, refusalOf } from './queue-calls.ts';
import { QueueModel } from './queue-model.ts';

const RETENTION_SECONDS = 100_000;
const TIMEOUT_SECONDS = 30;

const process = fc.nat(2);
const which = fc.nat(1000);
const seconds = fc.constantFrom(0, 1, 5, 30, 60, 600);

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), process, counts: fc.array(fc.constantFrom(0, 0, 1, 3, 10, 90), { minLength: 1, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sendMany' as const), process, count: fc.integer({ min: 60, max: 150 }) }) },
  { weight: 6, arbitrary: fc.record({
    kind: fc.constant('receive' as const), process, maxMessages: fc.constantFrom(1, 2, 10, 1000), waitSeconds: fc.constantFrom(0, 0, 0, 3),
    visibilityTimeoutSeconds: fc.constantFrom(TIMEOUT_SECONDS, TIMEOUT_SECONDS, 1, 100),
  }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), process, which: fc.array(which, { minLength: 1, maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteMany' as const), process, which, step: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('change' as const), process, which: fc.uniqueArray(which, { minLength: 1, maxLength: 4 }), seconds }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), process, which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 199, 200, 999, 1000, 3000, 29_999, 30_200, 61_000, 600_200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), process }) },
);

type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** The real queue through three processes, the model, and all that was received so far. */
interface Bench {
  readonly deps: readonly MemoryDeps[];
  readonly queues: readonly QueueCalls[];
  readonly model: QueueModel;
  readonly deliveries: Delivery[];
  readonly nowMs: () => number;
}

async function newBench(seed: number): Promise<Bench> {
  const world = memoryWorld({ seed });
  const deps = [0, 1, 2].map(() => memoryDeps({ world }));
  await newQueue(deps[0]!, { retentionSeconds: RETENTION_SECONDS, visibilityTimeoutSeconds: TIMEOUT_SECONDS });
  return { deps, queues: deps.map((one) => queueCalls(one)), model: new QueueModel(), deliveries: [], nowMs: () => world.clock.now() };
}

async function sendAll({ queues, model, nowMs }: Bench, at: number, delays: readonly number[]): Promise<void> {
  const ids = await queues[at]!.send(...delays.map((delaySeconds) => entry('x', { delaySeconds })));
  ids.forEach((messageId, index) => { model.sent(messageId, nowMs(), delays[index]! * 1000, RETENTION_SECONDS * 1000); });
}

async function receive({ queues, model, deliveries, nowMs }: Bench, at: number, request: { maxMessages: number; waitSeconds: number; visibilityTimeoutSeconds: number }): Promise<number> {
  const { maxMessages, ...options } = request;
  const received = await queues[at]!.receive(maxMessages, options);
  expect(received.length).toBeLessThanOrEqual(maxMessages);
  model.received(received, nowMs(), request.visibilityTimeoutSeconds * 1000);
  deliveries.push(...received);
  return received.length;
}

const chosen = <T>(from: readonly T[], which: readonly number[]): readonly T[] => (from.length === 0 ? [] : which.map((one) => from[one % from.length]!));

/** One handle for each message: of two in one batch nobody says which comes first. */
async function deleteAll({ queues, model }: Bench, at: number, deliveries: readonly Delivery[]): Promise<void> {
  const distinct = [...new Map(deliveries.map((delivery) => [delivery.messageId, delivery])).values()];
  if (distinct.length === 0) return;
  expect(await queues[at]!.delete(distinct)).toEqual(distinct.map(({ receiptHandle }) => model.deleted(receiptHandle)));
}

async function changeAll({ queues, model, nowMs }: Bench, at: number, deliveries: readonly Delivery[], to: number): Promise<void> {
  const distinct = [...new Map(deliveries.map((delivery) => [delivery.receiptHandle, delivery])).values()];
  if (distinct.length === 0) return;
  expect(await queues[at]!.change(distinct, to)).toEqual(distinct.map(({ receiptHandle }) => model.changed(receiptHandle, nowMs(), to)));
}

async function cancel({ queues, model }: Bench, at: number, messageId: string | undefined): Promise<void> {
  if (messageId === undefined || !model.isCancellable(messageId)) return;
  expect(await queues[at]!.delete([{ messageId }])).toEqual([model.cancelled(messageId)]);
}

/** Processes hear of a purge within a second; the model knows of no such moment, so it passes. */
async function purge({ deps, model }: Bench, at: number): Promise<void> {
  if (await refusalOf(purgeQueue(deps[at]!, { name: 'orders' })) !== 'not refused') return;
  model.purged();
  deps[0]!.clock.advance(3000);
}

async function run(bench: Bench, one: Command): Promise<void> {
  const { deliveries, model, deps } = bench;
  if (one.kind === 'send') return sendAll(bench, one.process, one.counts);
  if (one.kind === 'sendMany') return sendAll(bench, one.process, Array.from({ length: one.count }, () => 0));
  if (one.kind === 'receive') return void await receive(bench, one.process, one);
  if (one.kind === 'delete') return deleteAll(bench, one.process, chosen(deliveries, one.which));
  if (one.kind === 'deleteMany') return deleteAll(bench, one.process, deliveries.slice(-300).filter((_, at) => at % one.step === one.which % one.step));
  if (one.kind === 'change') return changeAll(bench, one.process, chosen(deliveries, one.which), one.seconds);
  if (one.kind === 'cancel') return cancel(bench, one.process, chosen(model.ids(), [one.which])[0]);
  if (one.kind === 'purge') return purge(bench, one.process);
  return deps[0]!.clock.advance(one.ms);
}

/** Everything that is owed comes, through one process, within a few looks. */
async function drain(bench: Bench): Promise<void> {
  bench.deps[0]!.clock.advance(700_000);
  const owed = bench.model.owed(bench.nowMs());
  const before = bench.deliveries.length;
  for (let empty = 0; empty < 3;) {
    const count = await receive(bench, 0, { maxMessages: 1000, waitSeconds: 2, visibilityTimeoutSeconds: 43_200 });
    empty = count === 0 ? empty + 1 : 0;
  }
  expect(bench.deliveries.slice(before).map(({ messageId }) => messageId).toSorted()).toEqual(owed);
}

it('behaves like its model, whatever three processes do with it', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.array(command, { maxLength: 60, size: 'max' }), async (seed, commands) => {
    const bench = await newBench(seed);
    for (const one of commands) await run(bench, one);
    await drain(bench);
    expect(bench.deps.flatMap(({ faults }) => faults)).toEqual([]);
  }), { numRuns: 200 });
});
