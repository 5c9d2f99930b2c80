import type { Deps } from '../deps.ts';
import type { CallerError } from '../errors.ts';
import type { Body } from '../message.ts';
import type { EpochMs } from '../time.ts';

export interface SendEntry {
  readonly body: Body;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** At most one of the two; neither: the queue's own delay. */
  readonly delaySeconds?: number;
  readonly deliverAtMs?: EpochMs;
}

export interface SendRequest {
  readonly name: string;
  readonly entries: readonly SendEntry[];
  /** A repeat of the same request under the same key within a day is not sent twice. */
  readonly idempotencyKey?: string;
}

export type SendResult =
  | { readonly kind: 'sent'; readonly messageId: string; readonly enqueuedAtMs: EpochMs }
  | { readonly kind: 'failed'; readonly error: CallerError };

/** One result per entry, in order. */
export async function sendMessages(_deps: Deps, _request: SendRequest): Promise<readonly SendResult[]> {
  throw new Error('not written');
}
