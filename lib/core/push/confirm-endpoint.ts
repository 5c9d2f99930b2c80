import type { Deps } from '../deps.ts';
import type { Turn, TurnEnd } from '../queue/job-turn.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { isConfirmed } from './confirm.ts';
import { finishClaim, keepClaim, leaveClaimFor, type PushClaim } from './push-claim.ts';
import { confirmationPush } from './push-message.ts';
import type { PushDelivery, PushSubscription } from './push-subscription.ts';
import { delayBeforeMs } from './retry-policy.ts';
import { senderOf } from './target-of.ts';

/**
 * Ask the endpoint whether it wants what is to be pushed to it, and again at the times that the policy says. Once
 * it was asked in vain as often as that, nobody asks until somebody has it asked again. Nothing is received before:
 * what is published meanwhile waits.
 * @throws PushStops
 */
export async function confirmEndpoint(deps: Deps, claim: PushClaim, subscription: PushSubscription, turn: Turn): Promise<'confirmed' | TurnEnd> {
  for (;;) {
    if (await isConfirmedNow(deps, subscription, turn)) {
      await subscription.confirm();
      await keepClaim(claim, { confirmationTries: 0 });
      return 'confirmed';
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
    await deps.system.sleep(pauseMs, turn.signal);
    if (turn.signal?.aborted) return leaveClaimFor(claim, { dueAtMs: atMs, notBeforeMs: atMs });
  }
}

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
