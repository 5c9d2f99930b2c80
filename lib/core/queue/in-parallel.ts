/** Tasks of one request that run at the same time, so many at most. */
const WIDTH = 16;

/** Every item through `task`; the first failure is thrown once all have ended. */
export async function inParallel<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: Math.min(WIDTH, items.length) }, async () => {
    for (const item of queue) await task(item);
  });
  const failed = (await Promise.allSettled(workers)).find((worker) => worker.status === 'rejected');
  if (failed) throw failed.reason;
}
