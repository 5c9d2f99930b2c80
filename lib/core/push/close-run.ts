import { epochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { mayBeHeld, type PushRun, sleepUntil } from './push-run.ts';
import { nextSettleAt, noteChange, settleOutcomes } from './settle-outcomes.ts';

/**
 * Begin nothing more, wait for what is on its way, store what became of it, and give back what was not sent. Told
 * to stop, it does not wait for long: what has no answer by then is given back too, and will come again.
 */
export async function closeRun(run: PushRun): Promise<void> {
  const { deps, turn, ending, settling } = run;
  run.isClosing = true;
  let endMs = msAfter(deps.system.now(), timing.pushTimeoutMs + timing.pushMarginMs);
  let isTold = false;
  while (run.sending > 0 || run.looking.isRunning || settling.isRunning || run.isExtending) {
    const nowMs = deps.system.now();
    if (turn.signal?.aborted && !isTold) endMs = epochMs(Math.min(endMs, nowMs + timing.pushGraceMs));
    isTold = turn.signal?.aborted === true;
    if (nowMs >= endMs) {
      if (ending.signal.aborted) break;
      ending.abort();
      endMs = msAfter(nowMs, timing.pollMaxMs);
    }
    settleOutcomes(run);
    await sleepUntil(run, Math.min(endMs, nextSettleAt(run) ?? endMs));
  }
  if (run.sending > 0 || run.looking.isRunning) mayBeHeld(run);
  for (const held of run.waiting.splice(0)) noteChange(run, held, 0);
  await settleNow(run);
}

/** One try: who closes may have little time, and what is not stored falls due by itself. */
async function settleNow(run: PushRun): Promise<void> {
  const { deps, settling } = run;
  if (settling.atMs !== undefined) settling.atMs = deps.system.now();
  settleOutcomes(run);
  while (settling.isRunning) await sleepUntil(run, Number.POSITIVE_INFINITY);
  if (settling.atMs !== undefined) mayBeHeld(run);
}
