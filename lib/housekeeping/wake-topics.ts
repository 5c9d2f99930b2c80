import type { Deps } from '../core/deps.ts';
import { wakePushes } from '../core/push/pushed-subscriptions.ts';
import { inParallel } from '../core/queue/in-parallel.ts';

/** That something was published to a topic with pushed subscriptions. */
export interface Publication {
  /** Its incarnation. */
  readonly topic: string;
  /** By which whoever tells of it knows it. */
  readonly id: string;
}

/**
 * Tell the pushed subscriptions of what was published, those of a topic once. Answers the publications that could not
 * be told of, in their order, for another try; telling twice does no harm.
 */
export async function wakeTopics(deps: Deps, publications: readonly Publication[]): Promise<readonly Publication[]> {
  const failed = new Set<string>();
  await inParallel([...new Set(publications.map(({ topic }) => topic))], async (topic) => {
    try {
      await wakePushes(deps, topic);
    } catch (fault) {
      deps.report(fault);
      failed.add(topic);
    }
  });
  return publications.filter(({ topic }) => failed.has(topic));
}
