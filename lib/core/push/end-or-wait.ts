import { StoreUnavailable } from '../errors.ts';
import type { TurnEnd } from '../queue/job-turn.ts';
import { earliest, type EpochMs, epochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { isWorthWaiting } from './confirm-endpoint.ts';
import { endClaim, leaveClaim } from './push-claim.ts';
import { lookAtOnce, type PushRun } from './push-run.ts';
import { isSwept, type Left, whatIsLeft } from './what-is-left.ts';

/**
 * All is settled, and the last look found nothing. End, if nothing is left; leave what is due later to be gone on with
 * then; wait for what is due soon. undefined: go on.
 * @throws PushStops
 */
export async function endOrWait(run: PushRun): Promise<TurnEnd | undefined> {
  const { deps, looking } = run;
  try {
    const left = await leftOf(run);
    if (left.kind === 'unread') return undefined;
    if (left.kind === 'due' && isWorthWaiting(deps, left.atMs, run.turn)) {
      // What is overdue is not seen yet, or is somebody's: at the usual pace.
      if (left.atMs > deps.system.now()) looking.atMs = earliest(looking.atMs, left.atMs);
      return undefined;
    }
    return await end(run, left);
  } catch (fault) {
    if (!(fault instanceof StoreUnavailable)) throw fault;
    deps.report(fault);
    looking.wasInVain = false;
    looking.atMs = msAfter(deps.system.now(), timing.pollMaxMs);
    return undefined;
  }
}

async function end(run: PushRun, left: Exclude<Left, { kind: 'unread' }>): Promise<TurnEnd | undefined> {
  const { deps, claim, heldUntilMs } = run;
  const dueAtMs = left.kind === 'due' ? earliest(left.atMs, msAfter(deps.system.now(), timing.pushDueMaxMs)) : undefined;
  const outcome = dueAtMs === undefined ? await endClaim(claim) : await leaveClaim(claim, { dueAtMs, heldUntilMs, notBeforeMs: paceEnd(run) });
  if (outcome === 'landed') return dueAtMs === undefined ? { kind: 'ended' } : { kind: 'goesOn', atMs: dueAtMs };
  // Woken: what was published is behind the last look.
  run.left = undefined;
  run.looking.wasInVain = false;
  lookAtOnce(run);
  return undefined;
}

/** As it was found before, while that is still to come. */
async function leftOf(run: PushRun): Promise<Left> {
  const nowMs = run.deps.system.now();
  if (run.left?.kind === 'due' && run.left.atMs > nowMs) return run.left;
  const found = await whatIsLeft(run.deps, run.incarnation);
  run.left = found.kind === 'unread' ? unread(run, nowMs) : withOwnDues(await ownDues(run), found);
  if (found.kind !== 'unread') run.unreadSinceMs = undefined;
  return run.left;
}

/** What the looks do not come to see, against all reason, must not keep a runner busy for ever. */
function unread(run: PushRun, nowMs: EpochMs): Left {
  run.unreadSinceMs ??= nowMs;
  return nowMs - run.unreadSinceMs < UNREAD_MAX_MS ? { kind: 'unread' } : { kind: 'due', atMs: msAfter(nowMs, UNREAD_MAX_MS) };
}

const UNREAD_MAX_MS = 60_000;

function withOwnDues(own: readonly EpochMs[], found: Exclude<Left, { kind: 'unread' }>): Left {
  const dues = [...own, ...(found.kind === 'due' ? [found.atMs] : [])];
  return dues.length === 0 ? found : { kind: 'due', atMs: earliest(...dues) };
}

/** What the runner itself has to come back for. */
async function ownDues(run: PushRun): Promise<readonly EpochMs[]> {
  const nowMs = run.deps.system.now();
  // Whoever is woken next may not send before this.
  const paced = paceEnd(run) > nowMs ? [paceEnd(run)] : [];
  return [...paced, ...await heldDue(run, nowMs)];
}

const paceEnd = ({ pace }: PushRun): EpochMs => epochMs(Math.ceil(pace.nextAtMs));

/** What somebody may hold unknown has its alarm once the cursor has passed it, and is then as good as any other. */
async function heldDue(run: PushRun, nowMs: EpochMs): Promise<readonly EpochMs[]> {
  if (run.heldUntilMs === 0) return [];
  const sweptAtMs = msAfter(run.heldUntilMs, timing.sweepEveryMs);
  if (nowMs < sweptAtMs) return [sweptAtMs];
  const isLong = nowMs - sweptAtMs > timing.sweepAgeMs;
  if (!isLong && !await isSwept(run.deps, run.incarnation)) return [msAfter(nowMs, timing.pollMaxMs)];
  run.heldUntilMs = epochMs(0);
  return [];
}
