import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { PushRecord } from '../ports/job-table.ts';
import type { TurnEnd } from '../queue/job-turn.ts';
import { type EpochMs, epochMs, latest, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { isLive, noteWake } from './wake-push.ts';

/**
 * One runner at a time runs the pushes of a subscription, since its bounds on concurrency and rate hold for
 * all of it. Its record exists only while there is something to do:
 *
 *   no record        nothing to do. Who is woken puts one, and is the runner
 *   with a runner    it renews its claim. Past the claim, anybody may replace it
 *   without one      something is due later; whoever is woken earlier may have it
 *
 * Whoever has published notes that in the record of a live runner (wake-push.ts), by writing it under a new
 * write id. The runner leaves, or removes, the record only as it has last seen it: a wake that came since then
 * refuses that, and it looks again. One that came before is behind it, and what was published before that is seen
 * by the strong look with which every runner ends.
 */
export interface PushClaim {
  readonly deps: Deps;
  /** As this runner has last seen or written it. */
  record: PushRecord;
}

/** Somebody else runs it by now. */
export class PushStops extends Error {
  override readonly name = 'PushStops';
}

export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly claim: PushClaim }
  /** Somebody else does, and was told to look again. */
  | { readonly kind: 'runs' }
  | { readonly kind: 'notYet'; readonly atMs: EpochMs };

/** Become the one who runs it. */
export async function claimPush(deps: Deps, incarnation: string): Promise<ClaimOutcome> {
  const runnerId = deps.system.newId();
  const fresh: PushRecord = {
    incarnation, runnerId, runnerUntilMs: claimEnd(deps), dueAtMs: epochMs(0), notBeforeMs: epochMs(0), heldUntilMs: epochMs(0), confirmationTries: 0,
    writeId: deps.system.newId(),
  };
  const put = await deps.jobs.putPush(fresh);
  if (put.kind === 'landed') return { kind: 'claimed', claim: { deps, record: fresh } };
  let found: PushRecord | undefined = put.found;
  for (let tries = 0; found && tries < bounds.conditionalTries; tries += 1) {
    if (isLive(deps, found)) {
      if (await noteWake(deps, found)) return { kind: 'runs' };
      found = await deps.jobs.readPush(incarnation);
      continue;
    }
    if (found.notBeforeMs > deps.system.now()) return { kind: 'notYet', atMs: found.notBeforeMs };
    const record: PushRecord = { ...found, runnerId, runnerUntilMs: claimEnd(deps), heldUntilMs: heldAfter(deps, found), writeId: deps.system.newId() };
    const replaced = await deps.jobs.replacePush(record, found.writeId);
    if (replaced.kind === 'landed') return { kind: 'claimed', claim: { deps, record } };
    ({ found } = replaced);
  }
  // Removed in between: as at the beginning. A record that keeps changing is busy.
  if (!found) return claimPush(deps, incarnation);
  throw keptChanging(incarnation);
}

const claimEnd = (deps: Deps): EpochMs => msAfter(deps.system.now(), timing.jobRunnerMs);

/** A runner that died holds what it had received, and nobody else knows of it. */
const heldAfter = (deps: Deps, { runnerUntilMs, heldUntilMs }: PushRecord): EpochMs =>
  (runnerUntilMs === 0 ? heldUntilMs : latest(heldUntilMs, msAfter(deps.system.now(), timing.pushHoldMs)));

/** Is it time to renew the claim? */
export const renewAtMs = ({ record }: PushClaim): EpochMs => msAfter(record.runnerUntilMs, timing.jobProgressMs - timing.jobRunnerMs);

/**
 * Renew the claim, and store what has changed.
 * @throws PushStops
 */
export async function keepClaim(claim: PushClaim, change: Partial<PushRecord> = {}): Promise<void> {
  await untilLanded(claim, () => write(claim, { runnerUntilMs: claimEnd(claim.deps), ...change }));
}

/**
 * Leave it, to be gone on with then. `woken`: not yet, there is something to look at.
 * @throws PushStops
 */
export const leaveClaim = (claim: PushClaim, change: Pick<PushRecord, 'dueAtMs'> & Partial<PushRecord>): Promise<'landed' | 'woken'> =>
  write(claim, { runnerUntilMs: epochMs(0), ...change });

/**
 * Nothing is left to do. `woken`: not yet, there is something to look at.
 * @throws PushStops
 */
export async function endClaim(claim: PushClaim): Promise<'landed' | 'woken'> {
  const { incarnation, writeId } = claim.record;
  const removed = await claim.deps.jobs.removePush(incarnation, writeId);
  if (removed.kind === 'landed') return 'landed';
  adopt(claim, removed.found);
  return 'woken';
}

/**
 * Leave it, whoever has noted what in between: the next runner looks at all of it.
 * @throws PushStops
 */
export async function leaveClaimFor(claim: PushClaim, change: Pick<PushRecord, 'dueAtMs'> & Partial<PushRecord>): Promise<TurnEnd> {
  await untilLanded(claim, () => leaveClaim(claim, change));
  return { kind: 'goesOn', atMs: latest(change.dueAtMs, change.notBeforeMs ?? change.dueAtMs) };
}

/**
 * There is nothing to run any more, whatever was noted.
 * @throws PushStops
 */
export async function finishClaim(claim: PushClaim): Promise<TurnEnd> {
  await untilLanded(claim, () => endClaim(claim));
  return { kind: 'ended' };
}

async function untilLanded({ record: { incarnation } }: PushClaim, attempt: () => Promise<'landed' | 'woken'>): Promise<void> {
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    if (await attempt() === 'landed') return;
  }
  throw keptChanging(incarnation);
}

async function write(claim: PushClaim, change: Partial<PushRecord>): Promise<'landed' | 'woken'> {
  const { deps, record } = claim;
  const next: PushRecord = { ...record, ...change, writeId: deps.system.newId() };
  const put = await deps.jobs.replacePush(next, record.writeId);
  if (put.kind === 'landed') {
    claim.record = next;
    return 'landed';
  }
  adopt(claim, put.found);
  return 'woken';
}

/** Written by somebody who noted a wake, or by ourselves, and the reply was lost. */
function adopt(claim: PushClaim, found: PushRecord | undefined): void {
  if (found?.runnerId !== claim.record.runnerId) throw new PushStops('somebody else runs the pushes by now');
  claim.record = found;
}

const keptChanging = (incarnation: string): StoreUnavailable =>
  new StoreUnavailable(`the record of the pushes of ${incarnation} kept changing`, { outcome: 'refused' });
