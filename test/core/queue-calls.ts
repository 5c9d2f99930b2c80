import { changeVisibility } from '../../lib/core/queue/change-visibility.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { type DeleteEntry, deleteMessages } from '../../lib/core/queue/delete-messages.ts';
import { describeQueue } from '../../lib/core/queue/describe-queue.ts';
import { receiveMessages, type ReceiveRequest } from '../../lib/core/queue/receive-messages.ts';
import { type SendEntry, sendMessages } from '../../lib/core/queue/send-messages.ts';
import { CallerError } from '../../lib/core/errors.ts';
import type { Body, Delivery } from '../../lib/core/message.ts';
import type { QueueSettings } from '../../lib/core/queue.ts';
import { faultyTable, type FaultyTable } from '../support/faulty-table.ts';
import { memoryDeps, type MemoryDeps, memoryWorld } from '../support/memory-deps.ts';

/** Whoever waits this long after a due time may take what another held: the bound on clock skew. */
export const SKEW_MS = 200;

export const entry = (text: string, more: Partial<SendEntry> = {}): SendEntry =>
  ({ body: { kind: 'text', text }, attributes: {}, tags: [], ...more });

export const entries = (count: number, more: Partial<SendEntry> = {}): readonly SendEntry[] =>
  Array.from({ length: count }, (_, at) => entry(`m${at}`, more));

export const textOf = ({ body }: { readonly body: Body }): string => (body.kind === 'text' ? body.text : '(bytes)');
export const textsOf = (messages: readonly { readonly body: Body }[]): readonly string[] => messages.map(textOf);

/** What a batch answered, an entry a word: its kind or, failed, the kind of the error. */
export const outcomesOf = (results: readonly ({ readonly kind: string } | { readonly kind: 'failed'; readonly error: Error })[]): readonly string[] =>
  results.map((result) => {
    if (!('error' in result)) return result.kind;
    return result.error instanceof CallerError ? result.error.kind : result.error.name;
  });

/** The kind of the caller's mistake that a call was refused for. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CallerError) return error.kind;
    throw error;
  }
  return 'not refused';
}

/** What a test says to one queue, through one process. */
export function queueCalls(deps: MemoryDeps, name = 'orders') {
  return {
    name,
    /** Ids of the messages; fails the test when one was not sent. */
    async send(...sent: readonly (string | SendEntry)[]): Promise<readonly string[]> {
      const results = await sendMessages(deps, { name, entries: sent.map((one) => (typeof one === 'string' ? entry(one) : one)) });
      return results.map((result) => {
        if (result.kind === 'failed') throw result.error;
        return result.messageId;
      });
    },
    receive: (maxMessages = 10, options: Partial<ReceiveRequest> = {}): Promise<readonly Delivery[]> =>
      receiveMessages(deps, { name, maxMessages, ...options }),
    /** Receive until nothing comes: one look does not go on only to top up. */
    async receiveAll(options: Partial<ReceiveRequest> = {}): Promise<readonly Delivery[]> {
      const all: Delivery[] = [];
      for (;;) {
        const some = await receiveMessages(deps, { name, maxMessages: 1000, ...options });
        if (some.length === 0) return all;
        all.push(...some);
      }
    },
    delete: async (deliveries: readonly DeleteEntry[]): Promise<readonly string[]> =>
      outcomesOf(await deleteMessages(deps, {
        name, entries: deliveries.map((one) => ('receiptHandle' in one ? { receiptHandle: one.receiptHandle } : one)),
      })),
    change: async (deliveries: readonly Delivery[], visibilityTimeoutSeconds: number): Promise<readonly string[]> =>
      outcomesOf(await changeVisibility(deps, {
        name, entries: deliveries.map(({ receiptHandle }) => ({ receiptHandle, visibilityTimeoutSeconds })),
      })),
    counts: async () => (await describeQueue(deps, { name })).counts,
  };
}

export type QueueCalls = ReturnType<typeof queueCalls>;

/** A queue made for the test. */
export async function newQueue(deps: MemoryDeps, settings: Partial<QueueSettings> = {}, name = 'orders'): Promise<QueueCalls> {
  await createQueue(deps, { name, settings });
  return queueCalls(deps, name);
}

/** The same queue through another process, which remembers nothing of what this one did. */
export const throughOther = (deps: MemoryDeps, name = 'orders'): QueueCalls => queueCalls(memoryDeps({ world: deps.world }), name);

/** A process whose table fails as the test plans it; the world behind it does not. */
export function faultyDeps(): { readonly deps: MemoryDeps; readonly table: FaultyTable } {
  const world = memoryWorld();
  const table = faultyTable(world.table);
  return { deps: memoryDeps({ world: { ...world, table } }), table };
}

/** What a call cost. */
export async function costOf(deps: MemoryDeps, call: () => Promise<unknown>) {
  deps.meter.reset();
  await call();
  return deps.meter.consumed();
}
