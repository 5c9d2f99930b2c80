import type { Deps } from '../core/deps.ts';
import type { JobKey } from '../core/ports/job-table.ts';
import type { Turn, TurnEnd } from '../core/queue/job-turn.ts';
import { runRedrive } from '../core/queue/redrive.ts';
import { runReplay } from '../core/queue/run-replay.ts';
import { timing } from '../core/timing.ts';

/** One turn of a job, of whatever kind. */
export async function runJob(deps: Deps, { kind, incarnation, jobId }: JobKey, turn: Turn): Promise<TurnEnd> {
  if (kind === 'replay') return runReplay(deps, { incarnation, replayId: jobId, turn });
  const hasEnded = await runRedrive(deps, { incarnation, redriveId: jobId, untilMs: turn.untilMs });
  return hasEnded ? { kind: 'ended' } : { kind: 'goesOn', atMs: deps.system.now() };
}

/**
 * One turn within `turnMs`; what has not ended by then is handed to the next runner. Not if there is
 * nothing to do for long: then whoever looks after jobs sets it going in time.
 */
export async function runJobTurn(deps: Deps, job: JobKey, turnMs: number): Promise<void> {
  const nowMs = deps.system.now();
  const end = await runJob(deps, job, { untilMs: nowMs + turnMs });
  if (end.kind === 'goesOn' && end.atMs <= deps.system.now() + timing.replaySleepMs) await deps.kickJob(job);
}
