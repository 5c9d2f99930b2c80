import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { Turn, TurnEnd } from '../queue/job-turn.ts';
import { epochMs, latest, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { closeRun } from './close-run.ts';
import { confirmEndpoint } from './confirm-endpoint.ts';
import { endOrWait } from './end-or-wait.ts';
import { lookForMessages, nextLookAt } from './look-for-messages.ts';
import { claimPush, finishClaim, keepClaim, leaveClaimFor, type PushClaim, PushStops, renewAtMs } from './push-claim.ts';
import { paceOf } from './push-pace.ts';
import { isAtRest, type PushRun, ring, sleepUntil } from './push-run.ts';
import { refreshSubscription } from './refresh-subscription.ts';
import type { FindPushSubscription, PushSubscription } from './push-subscription.ts';
import { extendHolds, nextSendAt, sendWaiting } from './send-waiting.ts';
import { nextSettleAt, settleOutcomes } from './settle-outcomes.ts';
import { targetOf } from './target-of.ts';

export interface RunPushRequest {
  /** Of the subscription. */
  readonly incarnation: string;
  readonly find: FindPushSubscription;
  readonly turn: Turn;
}

/**
 * Push what a subscription has, until nothing is left, what is left is due later, or the turn is over. One runner
 * at a time: who finds another at work tells it to look again (push-claim.ts).
 *
 * A runner that is killed repeats at most what was not settled: that falls due when its hold is over. One that is told
 * to stop gives the messages on their way a moment, and back what has no answer by then.
 */
export async function runPush(deps: Deps, { incarnation, find, turn }: RunPushRequest): Promise<TurnEnd> {
  const claimed = await claimPush(deps, incarnation);
  if (claimed.kind === 'runs') return ended;
  if (claimed.kind === 'notYet') return { kind: 'goesOn', atMs: claimed.atMs };
  try {
    return await runClaimed(deps, claimed.claim, find, turn);
  } catch (error) {
    if (!(error instanceof PushStops)) throw error;
    return ended;
  }
}

const ended: TurnEnd = { kind: 'ended' };

async function runClaimed(deps: Deps, claim: PushClaim, find: FindPushSubscription, turn: Turn): Promise<TurnEnd> {
  for (;;) {
    const subscription = await find(deps, claim.record.incarnation, 0);
    if (!subscription || subscription.confirmation === 'failed') return finishClaim(claim);
    if (subscription.confirmation === 'confirmed') return pushTo(deps, claim, subscription, { find, turn });
    const asked = await confirmEndpoint(deps, subscription, { claim, find, turn });
    if (asked !== 'askAgain') return asked;
  }
}

async function pushTo(deps: Deps, claim: PushClaim, subscription: PushSubscription, { find, turn }: Pick<RunPushRequest, 'find' | 'turn'>): Promise<TurnEnd> {
  const run = newRun(deps, claim, subscription, turn);
  const stop = () => ring(run);
  turn.signal?.addEventListener('abort', stop, { once: true });
  try {
    return await pump(run, find);
  } finally {
    turn.signal?.removeEventListener('abort', stop);
  }
}

function newRun(deps: Deps, claim: PushClaim, subscription: PushSubscription, turn: Turn): PushRun {
  const { incarnation, heldUntilMs, notBeforeMs } = claim.record;
  const nowMs = deps.system.now();
  return {
    deps, incarnation, turn, claim, subscription, target: targetOf(deps, subscription), pace: paceOf(subscription.messagesPerSecond, notBeforeMs),
    hasDeadLetterQueue: false,
    looking: { isRunning: false, atMs: nowMs, pauseMs: timing.pollMinMs, wasInVain: false, readAhead: subscription.concurrency },
    waiting: [], waitingBytes: 0, sending: 0, sendingMessages: 0,
    settling: { isRunning: false, atMs: undefined, deletes: [], changes: [] },
    left: undefined, unreadSinceMs: undefined, renewAtMs: renewAtMs(claim), refreshAtMs: msAfter(nowMs, timing.groupAgeMs),
    isClosing: false, ending: new AbortController(), heldUntilMs, holdsCheckedAtMs: nowMs, isExtending: false, isGone: false, isStale: false,
    fault: undefined, bell: { isRung: false, wake: undefined },
  };
}

async function pump(run: PushRun, find: FindPushSubscription): Promise<TurnEnd> {
  try {
    for (;;) {
      if (run.fault !== undefined || isOver(run)) return await handOver(run);
      await renew(run);
      refreshSubscription(run, find);
      extendHolds(run);
      sendWaiting(run);
      settleOutcomes(run);
      const end = isAtRest(run) && run.looking.wasInVain ? await endOrWait(run) : undefined;
      if (end) return end;
      lookForMessages(run);
      await sleepUntil(run, nextStepAt(run));
    }
  } catch (error) {
    // Somebody else has it, or nobody can know: what is on its way is still settled.
    if (!run.isClosing) await closeRun(run);
    throw error;
  }
}

const isOver = ({ deps, turn, isGone, isStale }: PushRun): boolean =>
  isGone || isStale || deps.system.now() >= turn.untilMs || turn.signal?.aborted === true;

/** Until then nothing can be done, unless the bell rings. */
function nextStepAt(run: PushRun): number {
  const { turn, renewAtMs, refreshAtMs } = run;
  return Math.min(turn.untilMs, renewAtMs, refreshAtMs, ...[nextLookAt(run), nextSendAt(run), nextSettleAt(run)].flatMap((atMs) => atMs ?? []));
}

async function handOver(run: PushRun): Promise<TurnEnd> {
  const { deps, claim, pace } = run;
  await closeRun(run);
  if (run.fault !== undefined) throw run.fault;
  if (run.isGone) return finishClaim(claim);
  const nowMs = deps.system.now();
  return leaveClaimFor(claim, { dueAtMs: nowMs, notBeforeMs: latest(nowMs, epochMs(Math.ceil(pace.nextAtMs))), heldUntilMs: run.heldUntilMs });
}

/**
 * Renew the claim well before it ends.
 * @throws PushStops
 */
async function renew(run: PushRun): Promise<void> {
  const { deps, claim, heldUntilMs } = run;
  const nowMs = deps.system.now();
  if (nowMs < run.renewAtMs) return;
  run.renewAtMs = msAfter(nowMs, timing.pollMaxMs);
  try {
    await keepClaim(claim, { heldUntilMs });
    run.renewAtMs = renewAtMs(claim);
  } catch (fault) {
    if (!(fault instanceof StoreUnavailable)) throw fault;
    deps.report(fault);
    if (deps.system.now() >= claim.record.runnerUntilMs) throw new PushStops('the claim could not be renewed');
  }
}
