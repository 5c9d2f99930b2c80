import type { Deps } from '../deps.ts';
import type { Queue } from '../queue.ts';

export interface ListQueuesRequest {
  readonly prefix: string;
  readonly limit: number;
  /** As a page before answered it. */
  readonly cursor?: string;
}

export interface ListQueuesAnswer {
  readonly queues: readonly Queue[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

export async function listQueues(_deps: Deps, _request: ListQueuesRequest): Promise<ListQueuesAnswer> {
  throw new Error('not written');
}
