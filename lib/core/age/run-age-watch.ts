import type { Deps } from '../deps.ts';
import type { AgeWatch } from '../ports/job-table.ts';
import type { Turn, TurnEnd } from '../queue/job-turn.ts';
import { viewOf } from '../queue/view.ts';
import { epochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { moveAged } from './move-aged.ts';

export interface RunAgeWatchRequest {
  /** Of the queue or the subscription. */
  readonly incarnation: string;
  readonly turn: Turn;
}

/**
 * Look for what is past its age, and move it to the dead-letter queue, until there is no more or the turn is over. One
 * runner at a time, only to save the work of a second one: what keeps messages apart are their leases.
 *
 *   no watch                     there is no such policy any more: ended
 *   with a runner                it renews its claim, and the others end. Past the claim, anybody may replace it
 *   without one, due later       whoever comes too early is told when
 *   written by somebody else     the policy was set again, which starts a runner of its own: this one stops
 *
 * @throws StoreUnavailable
 */
export async function runAgeWatch(deps: Deps, { incarnation, turn }: RunAgeWatchRequest): Promise<TurnEnd> {
  const found = await deps.jobs.readAgeWatch(incarnation);
  if (!found || found.runnerUntilMs > deps.system.now()) return ended;
  if (found.runnerUntilMs === 0 && found.dueAtMs > deps.system.now()) return { kind: 'goesOn', atMs: found.dueAtMs };
  const watch = await replace(deps, found, claimed(deps));
  return watch ? runClaimed(deps, watch, turn) : ended;
}

const ended: TurnEnd = { kind: 'ended' };

async function runClaimed(deps: Deps, claim: AgeWatch, turn: Turn): Promise<TurnEnd> {
  const view = await viewOf(deps, claim.incarnation, 0);
  const maxAgeSeconds = view?.definition.settings.deadLetter?.maxAgeSeconds;
  if (!view || maxAgeSeconds === undefined) return endUnlessYoung(deps, claim);
  let watch: AgeWatch | undefined = claim;
  for await (const { nextAtMs } of moveAged(deps, view, maxAgeSeconds * 1000)) {
    if (nextAtMs !== undefined) return leaveUntil(deps, watch, nextAtMs);
    const nowMs = deps.system.now();
    if (nowMs >= turn.untilMs || turn.signal?.aborted) return leaveUntil(deps, watch, nowMs);
    if (nowMs >= watch.runnerUntilMs + timing.jobProgressMs - timing.jobRunnerMs) watch = await replace(deps, watch, claimed(deps));
    if (!watch) return ended;
  }
  return ended;
}

/** Noted for a policy that is not there. It may be about to come, from somebody who is slow. */
async function endUnlessYoung(deps: Deps, watch: AgeWatch): Promise<TurnEnd> {
  const believedUntilMs = msAfter(watch.notedAtMs, timing.referenceGraceMs);
  if (deps.system.now() < believedUntilMs) return leaveUntil(deps, watch, believedUntilMs);
  await deps.jobs.removeAgeWatch(watch.incarnation, watch.writeId);
  return ended;
}

async function leaveUntil(deps: Deps, watch: AgeWatch, dueAtMs: AgeWatch['dueAtMs']): Promise<TurnEnd> {
  const left = await replace(deps, watch, { runnerUntilMs: epochMs(0), dueAtMs });
  return left ? { kind: 'goesOn', atMs: dueAtMs } : ended;
}

const claimed = (deps: Deps): Partial<AgeWatch> => ({ runnerUntilMs: msAfter(deps.system.now(), timing.jobRunnerMs) });

/** undefined: somebody else wrote it. */
async function replace(deps: Deps, watch: AgeWatch, change: Partial<AgeWatch>): Promise<AgeWatch | undefined> {
  const next: AgeWatch = { ...watch, ...change, writeId: deps.system.newId() };
  const put = await deps.jobs.replaceAgeWatch(next, watch.writeId);
  return put.kind === 'landed' ? next : undefined;
}
