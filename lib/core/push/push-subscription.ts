import type { Deps } from '../deps.ts';
import type { PushFormat } from './push-message.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** Where the messages of a push subscription go. */
export type PushDelivery =
  | {
    readonly kind: 'http';
    /** One without a problem, as `endpointUrlProblem` says. */
    readonly url: string;
    readonly format: PushFormat;
    /** Checked by `checkSecret`. Absent: without a signature. */
    readonly secret?: string;
  }
  /** A queue of ours, by name. */
  | { readonly kind: 'queue'; readonly queue: string }
  | { readonly kind: 'lambda'; readonly functionArn: string };

/** A push subscription as the job that runs its pushes sees it. */
export interface PushSubscription {
  /** What the ordinary operations call it: `topic/subscription`. */
  readonly name: string;
  readonly topic: string;
  readonly subscription: string;
  readonly delivery: PushDelivery;
  readonly retry: RetryPolicy;
  /** Deliveries at the same time; of a queue, each takes as many messages as there are. */
  readonly concurrency: number;
  /** Absent: as fast as it goes. */
  readonly messagesPerSecond?: number;
  /** `pending`: the endpoint is asked first. `failed`: it was asked as often as the policy says, and nothing is pushed until somebody has it asked again. */
  readonly confirmation: 'confirmed' | 'pending' | 'failed';
  /** Store that the endpoint has confirmed. */
  confirm(): Promise<void>;
  /** Store that it has not. */
  giveUpConfirmation(): Promise<void>;
}

/** undefined: there is no such subscription any more, or it is not pushed. At most `ageMs` old. */
export type FindPushSubscription = (deps: Deps, incarnation: string, ageMs: number) => Promise<PushSubscription | undefined>;
