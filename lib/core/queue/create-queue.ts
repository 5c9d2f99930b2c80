import type { Deps } from '../deps.ts';
import type { Queue, QueueSettings } from '../queue.ts';

export interface CreateQueueRequest {
  readonly name: string;
  /** Omitted ones take their defaults. */
  readonly settings: Partial<QueueSettings>;
}

export async function createQueue(_deps: Deps, _request: CreateQueueRequest): Promise<{ readonly queue: Queue; readonly created: boolean }> {
  throw new Error('not written');
}
