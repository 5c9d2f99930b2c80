import type { Deps } from '../deps.ts';
import type { Turn, TurnEnd } from '../queue/job-turn.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { isConfirmed } from './confirm.ts';
import { finishClaim, keepClaim, leaveClaimFor, type PushClaim } from './push-claim.ts';
import { confirmationPush } from './push-message.ts';
import type { FindPushSubscription, PushDelivery, PushSubscription } from './push-subscription.ts';
import { delayBeforeMs } from './retry-policy.ts';
import { senderOf } from './target-of.ts';

interface ConfirmRequest {
  readonly claim: PushClaim;
  readonly find: FindPushSubscription;
  readonly turn: Turn;
}

/**
 * Ask the endpoint whether it wants what is to be pushed to it, and again at the times that the policy says. Once
 * it was asked in vain as often as that, nobody asks until somebody has it asked again. Nothing is received before:
 * what is published meanwhile waits. `askAgain`: look first what has become of the subscription.
 * @throws PushStops
 */
export async function confirmEndpoint(deps: Deps, subscription: PushSubscription, { claim, find, turn }: ConfirmRequest): Promise<'askAgain' | TurnEnd> {
  if (await isConfirmedNow(deps, subscription, turn)) {
    // Unless the subscription has another endpoint by now.
    await subscription.confirm();
    await keepClaim(claim, { confirmationTries: 0 });
    return 'askAgain';
  }
  const confirmationTries = claim.record.confirmationTries + 1;
  const pauseMs = delayBeforeMs(subscription.retry, confirmationTries, () => deps.system.random());
  if (pauseMs === 'exhausted') {
    await subscription.giveUpConfirmation();
    return finishClaim(claim);
  }
  const atMs = msAfter(deps.system.now(), Math.round(pauseMs));
  await keepClaim(claim, { confirmationTries });
  if (!isWorthWaiting(deps, atMs, turn)) return leaveClaimFor(claim, { dueAtMs: atMs, notBeforeMs: atMs });
  if (await waitFor(deps, subscription, { find, turn, incarnation: claim.record.incarnation, atMs }) === 'changed') await keepClaim(claim, { confirmationTries: 0 });
  return turn.signal?.aborted ? leaveClaimFor(claim, { dueAtMs: atMs, notBeforeMs: atMs }) : 'askAgain';
}

interface WaitRequest extends Pick<ConfirmRequest, 'find' | 'turn'> {
  readonly incarnation: string;
  readonly atMs: EpochMs;
}

/** Until it is time, or somebody has changed what is asked for, or the runner is told to stop. */
async function waitFor(deps: Deps, subscription: PushSubscription, { find, turn, incarnation, atMs }: WaitRequest): Promise<'changed' | 'same'> {
  while (deps.system.now() < atMs && !turn.signal?.aborted) {
    await deps.system.sleep(Math.min(atMs - deps.system.now(), timing.groupAgeMs), turn.signal);
    const found = await find(deps, incarnation, timing.groupAgeMs);
    if (!found || found.confirmation !== 'pending' || !isSame(found.delivery, subscription.delivery)) return 'changed';
  }
  return 'same';
}

const isSame = (a: PushDelivery, b: PushDelivery): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A short while is slept through; see `pushWaitMs` for what that costs. */
export const isWorthWaiting = (deps: Deps, untilMs: EpochMs, turn: Turn): boolean =>
  untilMs - deps.system.now() <= timing.pushWaitMs && untilMs < turn.untilMs;

async function isConfirmedNow(deps: Deps, subscription: PushSubscription, { signal }: Turn): Promise<boolean> {
  const { delivery } = subscription;
  if (delivery.kind !== 'http') return true;
  const token = deps.system.newId();
  const push = confirmationPush({ ...senderOf(deps, subscription), ...secretOf(delivery) }, { id: deps.system.newId(), token });
  const answer = await deps.pushEndpoint.post({ url: delivery.url, ...push, timeoutMs: timing.pushTimeoutMs, ...(signal ? { signal } : {}) });
  return isConfirmed(answer, token);
}

const secretOf = ({ secret }: Extract<PushDelivery, { kind: 'http' }>) => (secret === undefined ? {} : { secret });
