import { StoreUnavailable } from '../errors.ts';
import { msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { repaced } from './push-pace.ts';
import { inBackground, type PushRun } from './push-run.ts';
import type { FindPushSubscription, PushSubscription } from './push-subscription.ts';
import { targetOf } from './target-of.ts';

/**
 * See about once a second what has become of the subscription: what begins after that goes by its new settings. It
 * costs next to nothing, since every look for messages reads the same record when it is as old as that.
 */
export function refreshSubscription(run: PushRun, find: FindPushSubscription): void {
  const { deps } = run;
  const nowMs = deps.system.now();
  if (nowMs < run.refreshAtMs) return;
  run.refreshAtMs = msAfter(nowMs, timing.groupAgeMs);
  inBackground(run, async () => {
    try {
      adopt(run, await find(deps, run.incarnation, timing.groupAgeMs));
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault;
      deps.report(fault);
    }
  });
}

function adopt(run: PushRun, found: PushSubscription | undefined): void {
  run.isGone ||= found === undefined;
  if (!found) return;
  run.isStale ||= found.confirmation !== 'confirmed';
  run.target = targetOf(run.deps, found);
  if (found.messagesPerSecond !== run.subscription.messagesPerSecond) run.pace = repaced(run.pace, found.messagesPerSecond);
  run.subscription = found;
}
