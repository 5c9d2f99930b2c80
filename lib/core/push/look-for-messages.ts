import { StoreUnavailable } from '../errors.ts';
import { pullOnce } from '../group/receive.ts';
import { limits } from '../limits.ts';
import { type Delivery, messageBytes } from '../message.ts';
import { viewOf } from '../queue/view.ts';
import { earliest, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { type Held, inBackground, mayBeHeld, type PushRun } from './push-run.ts';

/** Look for more, when there is room for it and it is time. */
export function lookForMessages(run: PushRun): void {
  const { looking, deps } = run;
  const wanted = wantedBy(run);
  if (looking.isRunning || wanted <= 0 || deps.system.now() < looking.atMs) return;
  looking.isRunning = true;
  inBackground(run, async () => {
    try {
      await look(run, wanted);
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault;
      deps.report(fault);
      // What it had claimed by then is held without anybody who knows of it.
      mayBeHeld(run);
      looking.atMs = msAfter(deps.system.now(), timing.pollMaxMs);
    } finally {
      looking.isRunning = false;
    }
  });
}

/** When the next look is to begin; undefined while there is no room, or one is under way. */
export const nextLookAt = (run: PushRun): number | undefined =>
  (run.looking.isRunning || wantedBy(run) <= 0 ? undefined : run.looking.atMs);

/**
 * As many as there are free places, and some to have at hand; not before half of those are gone, since each
 * receive is a write. What waits for its place must not wait for long: its hold goes by meanwhile.
 */
export function wantedBy({ isClosing, subscription, target, pace, looking, waiting, waitingBytes, sendingMessages }: PushRun): number {
  if (isClosing || waitingBytes >= bounds.pushWaitingBytes || waiting.length > looking.readAhead / 2) return 0;
  const inSomeSeconds = pace.spacingMs === 0 ? bounds.pushHeld : Math.max(1, Math.ceil(RATE_AHEAD_MS / pace.spacingMs));
  const places = Math.min(bounds.pushHeld, subscription.concurrency * target.batchMax, inSomeSeconds + sendingMessages);
  const most = Math.min(bounds.pushHeld, places + Math.min(looking.readAhead, inSomeSeconds));
  return Math.min(limits.receiveMessages.max, most - sendingMessages - waiting.length);
}

const RATE_AHEAD_MS = 5000;
/** The pause between looks that find nothing grows by this. */
const PAUSE_GROWTH = 1.5;

async function look(run: PushRun, wanted: number): Promise<void> {
  const { deps, looking } = run;
  const view = await viewOf(deps, run.incarnation, timing.groupAgeMs);
  if (!view) {
    run.isGone = true;
    return;
  }
  run.hasDeadLetterQueue = view.definition.settings.deadLetter !== undefined;
  const { deliveries, nextDueAtMs } = await pullOnce(deps, view, {
    maxMessages: wanted, answerBytesMax: limits.answerBytes.max, visibilityMs: timing.pushHoldMs,
  });
  looking.wasInVain = deliveries.length === 0;
  const nowMs = deps.system.now();
  if (deliveries.length > 0) {
    adaptReadAhead(run, deliveries.length, wanted);
    take(run, deliveries);
    looking.pauseMs = timing.pollMinMs;
    looking.atMs = nowMs;
  } else {
    const pausedAtMs = msAfter(nowMs, looking.pauseMs);
    looking.atMs = nextDueAtMs === undefined ? pausedAtMs : earliest(nextDueAtMs, pausedAtMs);
    looking.pauseMs = Math.min(timing.pushPollMaxMs, looking.pauseMs * PAUSE_GROWTH);
  }
}

/** Places that were free until this answer came could have been in use: have more at hand next time. */
function adaptReadAhead({ looking, waiting, sending, subscription }: PushRun, found: number, wanted: number): void {
  const isStarved = waiting.length === 0 && sending < subscription.concurrency;
  if (isStarved && found >= wanted) looking.readAhead = Math.min(bounds.pushHeld, 2 * looking.readAhead);
}

function take(run: PushRun, deliveries: readonly Delivery[]): void {
  const receivedAtMs = run.deps.system.now();
  const receive = { open: deliveries.length };
  run.waiting.push(...deliveries.map((delivery): Held => ({ delivery, receivedAtMs, untilMs: delivery.visibleAtMs, receive })));
  run.waitingBytes += deliveries.reduce((sum, delivery) => sum + messageBytes(delivery), 0);
}
