import { runAgeWatch } from '../core/age/run-age-watch.ts';
import type { Deps } from '../core/deps.ts';
import type { JobKey } from '../core/ports/job-table.ts';
import { findPushSubscription } from '../core/push/find-push-subscription.ts';
import { runPush } from '../core/push/run-push.ts';
import type { Turn, TurnEnd } from '../core/queue/job-turn.ts';
import { runRedrive } from '../core/queue/redrive.ts';
import { runReplay } from '../core/queue/run-replay.ts';
import { viewOf } from '../core/queue/view.ts';
import { type EpochMs, msAfter } from '../core/time.ts';
import { timing } from '../core/timing.ts';

/** One turn of a job, of whatever kind. */
export async function runJob(deps: Deps, { kind, incarnation, jobId }: JobKey, turn: Turn): Promise<TurnEnd> {
  switch (kind) {
    case 'replay': return runReplay(deps, { incarnation, replayId: jobId, turn });
    case 'push': return untilKnown(deps, incarnation, await runPush(deps, { incarnation, find: findPushSubscription, turn }));
    case 'age': return runAgeWatch(deps, { incarnation, turn });
    case 'redrive': {
      const hasEnded = await runRedrive(deps, { incarnation, redriveId: jobId, untilMs: turn.untilMs });
      return hasEnded ? { kind: 'ended' } : { kind: 'goesOn', atMs: deps.system.now() };
    }
  }
}

/**
 * Who publishes may not know for a minute that the topic has a pushed subscription, and then wakes nobody: of one that
 * was made or changed lately somebody looks again after that.
 */
async function untilKnown(deps: Deps, incarnation: string, end: TurnEnd): Promise<TurnEnd> {
  if (end.kind === 'goesOn') return end;
  const definition = (await viewOf(deps, incarnation, timing.definitionAgeMs))?.definition;
  if (!definition?.subscription?.push) return end;
  const knownAtMs = msAfter(definition.changedAtMs, timing.definitionAgeMs + timing.pushKnownMarginMs);
  return deps.system.now() < knownAtMs ? { kind: 'goesOn', atMs: knownAtMs } : end;
}

/** Has a job started at that time, or soon after it. Only the last one that was asked for counts. */
export type ScheduleJob = (job: JobKey, atMs: EpochMs) => Promise<void>;

export interface JobTurn {
  readonly turnMs: number;
  /** Absent: whoever looks after jobs sets it going, about a minute late. */
  readonly schedule?: ScheduleJob | undefined;
}

/**
 * One turn within `turnMs`; what has not ended by then is handed to the next runner. Not if there is
 * nothing to do for a while: it is scheduled for then. Whoever looks after jobs sets the replays of queues going as well.
 */
export async function runJobTurn(deps: Deps, job: JobKey, { turnMs, schedule }: JobTurn): Promise<void> {
  const nowMs = deps.system.now();
  const end = await runJob(deps, job, { untilMs: nowMs + turnMs });
  if (end.kind === 'ended') return;
  const pauseMs = end.atMs - deps.system.now();
  const isSleptThrough = (job.kind === 'replay' || job.kind === 'redrive') && pauseMs <= timing.replaySleepMs;
  if (isSleptThrough || pauseMs <= 0) await deps.kickJob(job);
  else await schedule?.(job, end.atMs);
}
