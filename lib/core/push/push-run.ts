import type { Deps } from '../deps.ts';
import type { Delivery } from '../message.ts';
import type { PushTarget } from '../ports/push-target.ts';
import { sleepUntilSent } from '../process-memory.ts';
import type { Turn } from '../queue/job-turn.ts';
import { logOf } from '../subscription.ts';
import { earliest, type EpochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import type { PushClaim } from './push-claim.ts';
import type { PushPace } from './push-pace.ts';
import type { PushSubscription } from './push-subscription.ts';
import type { Left } from './what-is-left.ts';

/** A message on its way through a runner. */
export interface Held {
  readonly delivery: Delivery;
  readonly receivedAtMs: EpochMs;
  /** Nobody else gets it before this. */
  untilMs: EpochMs;
  /** Those received together: once none is open, what was accepted of them goes by one write. */
  readonly receive: { open: number };
}

/** What the next look for messages depends on. */
export interface Looking {
  isRunning: boolean;
  atMs: EpochMs;
  pauseMs: number;
  /** The last one found nothing. */
  wasInVain: boolean;
  /** Messages to have at hand beside those that are being sent. */
  readAhead: number;
}

/** What is to be stored of messages that have their outcome. */
export interface Settling {
  isRunning: boolean;
  /** When to store it; undefined: there is nothing. */
  atMs: EpochMs | undefined;
  deletes: Held[];
  changes: { readonly held: Held; readonly seconds: number }[];
}

/**
 * One turn at the pushes of a subscription.
 *
 *   look for messages ──> waiting ──> sending ──> settling ──> deleted, or hidden until the next attempt
 *
 * The stages run beside each other: while some messages are being sent, more are looked for, and those that have
 * their outcome are settled. One loop (run-push.ts) starts what can be started, and sleeps until the bell rings.
 */
export interface PushRun {
  readonly deps: Deps;
  readonly incarnation: string;
  readonly turn: Turn;
  readonly claim: PushClaim;
  subscription: PushSubscription;
  target: PushTarget;
  pace: PushPace;
  hasDeadLetterQueue: boolean;
  readonly looking: Looking;
  readonly waiting: Held[];
  waitingBytes: number;
  /** Deliveries, and the messages in them. */
  sending: number;
  sendingMessages: number;
  readonly settling: Settling;
  /** What was found to be left, the last time that all was settled. */
  left: Left | undefined;
  /** Since when there is something to read that no look comes to see. */
  unreadSinceMs: EpochMs | undefined;
  renewAtMs: EpochMs;
  /** When to look again what has become of the subscription. */
  refreshAtMs: EpochMs;
  /** Nothing more is begun. */
  isClosing: boolean;
  /** Ends what is on its way. */
  readonly ending: AbortController;
  /** Messages may be held until then without anybody who knows of it, nor an alarm. */
  heldUntilMs: EpochMs;
  holdsCheckedAtMs: EpochMs;
  isExtending: boolean;
  /** The subscription is no more. */
  isGone: boolean;
  /** It is to be confirmed again. */
  isStale: boolean;
  /** What a task beside the loop has failed with. */
  fault: Error | undefined;
  readonly bell: { isRung: boolean; wake: (() => void) | undefined };
}

/** Wake the loop. Not lost when it is not asleep. */
export function ring({ bell }: PushRun): void {
  bell.isRung = true;
  bell.wake?.();
}

/** Beside the loop. What it fails with ends the run. */
export function inBackground(run: PushRun, task: () => Promise<void>): void {
  void task().catch((fault: unknown) => { run.fault ??= fault instanceof Error ? fault : new Error(String(fault)); }).finally(() => ring(run));
}

/** Until the bell rings, or that time. A send of this process to the log is looked at without delay. */
export async function sleepUntil(run: PushRun, untilMs: number): Promise<void> {
  const { deps, bell } = run;
  if (!bell.isRung) {
    const woken = new AbortController();
    bell.wake = () => woken.abort('rung');
    const pauseMs = Math.min(Math.max(0, untilMs - deps.system.now()), timing.jobProgressMs);
    await sleepUntilSent(deps.memory, logOf(run.incarnation), async (end) => {
      await deps.system.sleep(pauseMs, end);
      const isSent = end.aborted && !woken.signal.aborted;
      if (isSent) lookAtOnce(run);
    }, woken.signal);
    bell.wake = undefined;
  }
  bell.isRung = false;
}

export function lookAtOnce({ deps, looking }: PushRun): void {
  looking.pauseMs = timing.pollMinMs;
  looking.atMs = earliest(looking.atMs, deps.system.now());
}

/** Someone may be holding messages, and nobody knows, nor an alarm: they fall due by themselves, and are looked for then. */
export function mayBeHeld(run: PushRun, untilMs: EpochMs = msAfter(run.deps.system.now(), timing.pushHoldMs)): void {
  if (untilMs > run.heldUntilMs) run.heldUntilMs = untilMs;
}

/** All that was received has its outcome, and that is stored. */
export const isAtRest = ({ looking, waiting, sending, settling, isExtending }: PushRun): boolean =>
  !looking.isRunning && waiting.length === 0 && sending === 0 && !settling.isRunning && settling.atMs === undefined && !isExtending;
