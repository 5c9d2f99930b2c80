import { resumeAgeWatches } from '../core/age/age-watches.ts';
import type { Deps } from '../core/deps.ts';
import { resumePushes } from '../core/push/wake-push.ts';
import { describeQueue, type QueueCounts } from '../core/queue/describe-queue.ts';
import { listQueues } from '../core/queue/list-queues.ts';
import { isAbandoned, listRedrives, redriveKey } from '../core/queue/redrive.ts';
import { resumeReplays } from '../core/queue/replay.ts';

/** Where the figures of one queue go. */
export type PublishCounts = (queue: string, counts: QueueCounts) => void;

/** Queues in the works at once: one report a minute must neither take the minute nor flood the table. */
const atOnce = 16;
const pageSize = 100;

/**
 * Go through all queues once: publish what each holds, and start jobs again whose runner died, or
 * that nobody was kept waiting for.
 * A queue that fails is reported and passed over, so that one cannot hide the others.
 */
export async function reportQueues(deps: Deps, publish: PublishCounts): Promise<void> {
  await Promise.all([resumePushes(deps).catch(deps.report), resumeAgeWatches(deps).catch(deps.report)]);
  let cursor: string | undefined;
  do {
    const page = await listQueues(deps, { prefix: '', limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    await eachAtOnce(page.queues.map(({ name }) => name), (name) => reportQueue(deps, name, publish));
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function reportQueue(deps: Deps, name: string, publish: PublishCounts): Promise<void> {
  try {
    const { queue, counts } = await describeQueue(deps, { name, skipsRewindable: true });
    publish(name, counts);
    await restartRedrives(deps, name);
    await resumeReplays(deps, queue.incarnation);
  } catch (fault) {
    // Most often deleted since it was listed.
    deps.report(fault);
  }
}

async function restartRedrives(deps: Deps, name: string): Promise<void> {
  const jobs = await listRedrives(deps, { name });
  await Promise.all(jobs.filter((job) => isAbandoned(deps, job)).map((job) => deps.kickJob(redriveKey(job))));
}

/** A fixed number of walkers on one list: the slowest entry holds up only its own walker. */
async function eachAtOnce<T>(entries: readonly T[], work: (entry: T) => Promise<void>): Promise<void> {
  const left = entries.values();
  const walk = async () => {
    for (const entry of left) await work(entry);
  };
  await Promise.all(Array.from({ length: atOnce }, walk));
}
