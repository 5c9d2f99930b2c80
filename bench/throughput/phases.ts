import { treeCpuMs } from '../process-tree.ts';
import type { Broker, LoadResult, LoadTask, Role } from './broker.ts';
import { startLoad } from './load-process.ts';
import type { ThroughputOptions } from './options.ts';

export const phaseNames = ['produce', 'consume', 'both'] as const;
export type PhaseName = (typeof phaseNames)[number];

export interface PhaseMeasure {
  readonly messagesPerSecond: number;
  /** CPU time of the broker, with its database, for 1,000 messages; undefined where the system does not tell. */
  readonly brokerCpuMsPerThousand: number | undefined;
}

export type PhaseMeasures = Readonly<Record<PhaseName, PhaseMeasure>>;

type Load = Pick<ThroughputOptions, 'batch' | 'seconds' | 'producers' | 'consumers'>;

/** One round on one broker: fill a queue, empty it, then do both at once on another. */
export async function runPhases(broker: Broker, load: Load, queue: string): Promise<PhaseMeasures> {
  const [filled, shared] = [`${queue}-filled`, `${queue}-shared`];
  await broker.createQueue(filled);
  const produce = await runAlone(broker, load, { queue: filled, role: 'produce' });
  const consume = await runAlone(broker, load, { queue: filled, role: 'consume' });
  await broker.deleteQueue(filled);
  await broker.createQueue(shared);
  const both = await runBoth(broker, load, shared);
  await broker.deleteQueue(shared);
  return { produce, consume, both };
}

/** One role by itself. A consumer ends when the queue is empty. */
export async function runAlone(broker: Broker, load: Load, { queue, role }: Pick<LoadTask, 'queue' | 'role'>): Promise<PhaseMeasure> {
  const process = await startLoad(loadTask(broker, load, { queue, role, untilEmpty: role === 'consume' }));
  return measured(broker, async () => [await process.go()]);
}

/** What went the whole way: a producer that runs ahead of the consumers is not progress. */
async function runBoth(broker: Broker, load: Load, queue: string): Promise<PhaseMeasure> {
  const processes = await Promise.all((['produce', 'consume'] as const).map((role) =>
    startLoad(loadTask(broker, load, { queue, role, untilEmpty: false }))));
  return measured(broker, () => Promise.all(processes.map((process) => process.go())));
}

async function measured({ pid }: Broker, run: () => Promise<readonly LoadResult[]>): Promise<PhaseMeasure> {
  const beforeMs = await treeCpuMs(pid);
  const results = await run();
  const afterMs = await treeCpuMs(pid);
  const messages = Math.min(...results.map(({ messagesInAll }) => messagesInAll));
  return {
    messagesPerSecond: Math.min(...results.map(rate)),
    brokerCpuMsPerThousand: beforeMs === undefined || afterMs === undefined ? undefined : (afterMs - beforeMs) / messages * 1000,
  };
}

function loadTask(
  { target }: Broker, { batch, seconds, producers, consumers }: Load,
  { queue, role, untilEmpty }: { readonly queue: string; readonly role: Role; readonly untilEmpty: boolean },
): LoadTask {
  const measureMs = seconds * 1000;
  return {
    target, queue, role, batch, measureMs, untilEmpty,
    workers: role === 'produce' ? producers : consumers,
    warmUpMs: Math.min(1000, measureMs / 10),
  };
}

function rate({ messages, elapsedMs }: LoadResult): number {
  if (messages === 0 || elapsedMs <= 0) throw new Error('nothing was acknowledged while measuring: let it run longer (--seconds)');
  return messages / elapsedMs * 1000;
}
