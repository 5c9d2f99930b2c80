import { CallerError, StoreUnavailable } from '../errors.ts';
import { messageBytes } from '../message.ts';
import type { PushOutcome } from '../ports/push-target.ts';
import { changeVisibility } from '../queue/change-visibility.ts';
import { bounds, timing } from '../timing.ts';
import { allowedAt, noteBegun } from './push-pace.ts';
import { type Held, inBackground, mayBeHeld, type PushRun } from './push-run.ts';
import { noteOutcome } from './settle-outcomes.ts';

/** Start as many deliveries as there are messages, places, and as the rate allows. */
export function sendWaiting(run: PushRun): void {
  while (hasPlace(run)) {
    const batch = nextBatch(run);
    if (batch.length === 0) return;
    run.sending += 1;
    run.sendingMessages += batch.length;
    inBackground(run, () => send(run, batch));
  }
}

/** Not on a claim that may be over before the answer is there: the next runner would exceed the bounds. */
const hasPlace = ({ deps, isClosing, sending, subscription, claim, waiting }: PushRun): boolean =>
  !isClosing && waiting.length > 0 && sending < subscription.concurrency && deps.system.now() + timing.pushTimeoutMs <= claim.record.runnerUntilMs;

/** When the rate allows the next one; undefined while it is not the rate that is waited for. */
export const nextSendAt = (run: PushRun): number | undefined => (hasPlace(run) ? Math.floor(run.pace.nextAtMs) : undefined);

function nextBatch(run: PushRun): readonly Held[] {
  const { deps, target, pace, waiting } = run;
  const nowMs = deps.system.now();
  const most = Math.min(target.batchMax, allowedAt(pace, nowMs));
  const batch: Held[] = [];
  let bytes = 0;
  while (batch.length < most) {
    const [held] = waiting;
    const size = held ? messageBytes(held.delivery) : 0;
    if (!held || (batch.length > 0 && bytes + size > bounds.replayBatchBytes)) break;
    waiting.shift();
    run.waitingBytes -= size;
    // Its renewal failed: another one may have it before the answer is stored.
    if (held.untilMs - nowMs < timing.pushTimeoutMs + timing.pushMarginMs) letGo(run, held);
    else {
      batch.push(held);
      bytes += size;
    }
  }
  noteBegun(pace, batch.length, nowMs);
  noteWaited(run, batch, nowMs);
  return batch;
}

/** It falls due by itself. */
export function letGo(run: PushRun, held: Held): void {
  held.receive.open -= 1;
  mayBeHeld(run, held.untilMs);
}

/** What waits for long is better left to be received later. */
function noteWaited({ looking, subscription }: PushRun, [first]: readonly Held[], nowMs: number): void {
  if (!first || nowMs - first.receivedAtMs <= timing.pollMaxMs) return;
  looking.readAhead = Math.max(subscription.concurrency, Math.floor(looking.readAhead / 2));
}

async function send(run: PushRun, batch: readonly Held[]): Promise<void> {
  const outcomes = await outcomesOf(run, batch);
  run.sending -= 1;
  run.sendingMessages -= batch.length;
  batch.forEach((held, at) => noteOutcome(run, held, outcomes[at] ?? NO_OUTCOME));
}

const NO_OUTCOME: PushOutcome = { kind: 'failed', reason: 'no outcome' };

/** A fault of ours is one message's failure: it must not hold up the others. */
async function outcomesOf({ deps, target, ending }: PushRun, batch: readonly Held[]): Promise<readonly PushOutcome[]> {
  try {
    return await target.deliver(batch.map(({ delivery }) => delivery), { timeoutMs: timing.pushTimeoutMs, signal: ending.signal });
  } catch (fault) {
    deps.report(fault);
    return batch.map(() => NO_OUTCOME);
  }
}

const HOLDS_CHECKED_MS = 5000;

/**
 * Behind slow answers messages may wait for longer than they are held. Receiving them again would count as an
 * attempt that there was none of, so their holds are renewed.
 */
export function extendHolds(run: PushRun): void {
  const { deps, waiting } = run;
  const nowMs = deps.system.now();
  if (run.isExtending || run.isClosing || nowMs - run.holdsCheckedAtMs < HOLDS_CHECKED_MS) return;
  run.holdsCheckedAtMs = nowMs;
  const running = waiting.filter(({ untilMs }) => untilMs - nowMs < timing.pushHoldMs / 2);
  if (running.length === 0) return;
  run.isExtending = true;
  inBackground(run, async () => {
    try {
      await extend(run, running);
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable || fault instanceof CallerError)) throw fault;
      deps.report(fault);
    } finally {
      run.isExtending = false;
    }
  });
}

async function extend({ deps, subscription: { name } }: PushRun, running: readonly Held[]): Promise<void> {
  const visibilityTimeoutSeconds = timing.pushHoldMs / 1000;
  const results = await changeVisibility(deps, {
    name, entries: running.map(({ delivery: { receiptHandle } }) => ({ receiptHandle, visibilityTimeoutSeconds })),
  });
  running.forEach((held, at) => {
    const result = results[at];
    if (result?.kind === 'changed') held.untilMs = result.visibleAtMs;
  });
}
