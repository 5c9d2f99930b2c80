import type { Delivery } from '../message.ts';

/** What became of one message at its target. Reasons say nothing that must not be shown. */
export type PushOutcome = { readonly kind: 'accepted' } | { readonly kind: 'failed'; readonly reason: string };

export interface PushBounds {
  /** What has no answer by then has failed. */
  readonly timeoutMs: number;
  /** Ends a delivery early. */
  readonly signal: AbortSignal;
}

/** Where messages are pushed to, whatever it is. */
export interface PushTarget {
  /** Messages that one delivery may take. */
  readonly batchMax: number;
  /** One outcome a message, in order. It does not reject for what the target does. */
  deliver(batch: readonly Delivery[], bounds: PushBounds): Promise<readonly PushOutcome[]>;
}
