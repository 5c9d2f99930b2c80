import type { LoadResult, LoadTask, Worker } from './broker.ts';
import { rabbitmqWorker } from './rabbitmq-worker.ts';
import { cmqWorker } from './cmq-worker.ts';
import { rewindmqWorker } from './rewindmq-worker.ts';
import { tally, type Tally } from './tally.ts';

/**
 * A load process. It gets its task by message, answers `ready` once it is connected, starts at
 * `go`, and sends a LoadResult at the end.
 */
process.on('message', (message: 'go' | LoadTask) => {
  if (message !== 'go') void prepare(message);
});

async function prepare(task: LoadTask): Promise<void> {
  const workers = await Promise.all(Array.from({ length: task.workers }, (_, index) => open(task, index + 1)));
  const go = new Promise<void>((resolve) => {
    process.on('message', (message: unknown) => { if (message === 'go') resolve(); });
  });
  process.send?.('ready');
  await go;
  const seen = tally(task, () => performance.now());
  await Promise.all(workers.map((worker) => run(worker, task, seen)));
  const result: LoadResult = seen.result();
  await Promise.all(workers.map((worker) => worker.close()));
  process.send?.(result, () => process.exit(0));
}

async function open(task: LoadTask, seed: number): Promise<Worker> {
  if (task.target.system === 'rabbitmq') return rabbitmqWorker(task, seed);
  return task.target.dialect === 'cmq' ? cmqWorker(task, seed) : rewindmqWorker(task, seed);
}

async function run(worker: Worker, { untilEmpty }: LoadTask, seen: Tally): Promise<void> {
  while (!seen.isOver()) {
    const messages = await worker.once();
    if (messages === 0 && untilEmpty) return;
    seen.add(messages);
  }
}
