import type { Deps } from '../deps.ts';
import type { Delivery } from '../message.ts';

export interface ReceiveRequest {
  readonly name: string;
  readonly maxMessages: number;
  /** Absent: the queue's own. */
  readonly waitSeconds?: number;
  /** Absent: the queue's own. */
  readonly visibilityTimeoutSeconds?: number;
  /** The caller went away: stop waiting, claim nothing more. */
  readonly signal?: AbortSignal;
}

export async function receiveMessages(_deps: Deps, _request: ReceiveRequest): Promise<readonly Delivery[]> {
  throw new Error('not written');
}
