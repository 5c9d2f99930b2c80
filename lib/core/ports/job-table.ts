import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import type { Put, Replacement } from './conditional.ts';

/** Dead letters on their way back. */
export interface RedriveJob {
  readonly incarnation: string;
  readonly queue: string;
  readonly redriveId: string;
  readonly state: 'running' | 'completed' | 'cancelled';
  /** Where to; absent: each to the queue it came from. */
  readonly to?: string;
  /** Only these; absent: all that were there at the start. */
  readonly messageIds?: readonly string[];
  readonly startedAtMs: EpochMs;
  readonly updatedAtMs: EpochMs;
  readonly moved: number;
  /** Left in place: no origin known, or its origin no longer exists. */
  readonly skipped: number;
  /** Whoever runs it renews this; past it, anybody may go on. */
  readonly runnerUntilMs: EpochMs;
  readonly writeId: string;
  readonly removableAtMs: EpochMs;
}

/**
 * Where an append under an idempotency key is, or is about to be, written: stored before the
 * segment, so that a repeat finds out by one read whether the first try landed.
 */
export interface AppendIntent {
  readonly incarnation: string;
  readonly idempotencyKey: string;
  /** Says that the repeat is of the same request. */
  readonly requestDigest: string;
  readonly appendId: string;
  readonly shard: string;
  readonly base: Offset;
  readonly writeId: string;
  readonly removableAtMs: EpochMs;
}

/** Work that outlives a request. Each method is one request. */
export interface JobTable {
  putRedrive(job: RedriveJob): Promise<Put<RedriveJob>>;
  replaceRedrive(job: RedriveJob, seenWriteId: string): Promise<Replacement<RedriveJob>>;
  readRedrive(incarnation: string, redriveId: string): Promise<RedriveJob | undefined>;
  /** Newest first. */
  listRedrives(incarnation: string, limit: number): Promise<readonly RedriveJob[]>;

  /** Strongly consistent. */
  readIntent(incarnation: string, idempotencyKey: string): Promise<AppendIntent | undefined>;
  putIntent(intent: AppendIntent): Promise<Put<AppendIntent>>;
  replaceIntent(intent: AppendIntent, seenWriteId: string): Promise<Replacement<AppendIntent>>;

  /** The secret that signs receipt handles: the stored one, or `candidate` when there was none. */
  readOrPutSecret(name: string, candidate: Uint8Array): Promise<Uint8Array>;
}
