import type { Deps } from '../deps.ts';
import type { Queue, QueueSettings } from '../queue.ts';

/** Absent: stays. `deadLetter: null` takes the policy away. */
export type QueueChanges = Partial<Omit<QueueSettings, 'deadLetter'>> & {
  readonly deadLetter?: QueueSettings['deadLetter'] | null;
};

export async function changeQueue(_deps: Deps, _request: { readonly name: string; readonly changes: QueueChanges }): Promise<Queue> {
  throw new Error('not written');
}
