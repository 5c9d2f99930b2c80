import type { MessageFilter } from '../message-filter.ts';
import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import type { Put, Replacement } from './conditional.ts';
import type { Chains } from './queue-table.ts';

/** Names a job from outside: what a runner is started with. */
export interface JobKey {
  readonly kind: 'redrive' | 'replay' | 'push' | 'age';
  readonly incarnation: string;
  readonly jobId: string;
}

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

/** A multiple of the pace at which the messages were sent, or a rate that is not exceeded. */
export type ReplayPace = { readonly speed: number } | { readonly messagesPerSecond: number };

/** What is left of a shard: the offsets [next, until). */
export interface ShardLeft {
  readonly next: Offset;
  readonly until: Offset;
}

/**
 * A batch that is about to be appended, with its place in the target's log: noted before, so that who
 * goes on after a crash finds out by one read whether it landed.
 */
export interface ReplayBatch {
  readonly shard: string;
  readonly base: Offset;
  readonly notedAtMs: EpochMs;
  readonly copies: number;
  /** Up to where it goes in each shard of the window that it has something of. */
  readonly reaches: Readonly<Record<string, Offset>>;
  /** Enqueue time of the last message that was looked at for it. */
  readonly reachedAtMs: EpochMs;
}

/** A window of a queue's log on its way into another queue. */
export interface ReplayJob {
  readonly incarnation: string;
  readonly queue: string;
  readonly replayId: string;
  readonly state: 'running' | 'completed' | 'cancelled' | 'failed';
  /** Why it failed: one of the two queues is gone. */
  readonly failure?: 'queueDeleted' | 'targetDeleted';
  readonly target: string;
  /** A queue of the same name that is made later is another one. */
  readonly targetIncarnation: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly filter?: MessageFilter;
  /** Absent: as fast as it goes. */
  readonly pace?: ReplayPace;
  readonly requestedBy?: string;
  readonly startedAtMs: EpochMs;
  readonly updatedAtMs: EpochMs;
  /** Offsets in the window at the start; some of their messages may have expired. */
  readonly total: number;
  /** A shard without anything left is not named. */
  readonly left: Readonly<Record<string, ShardLeft>>;
  readonly copied: number;
  /** Enqueue time of the last message that was looked at. */
  readonly reachedAtMs?: EpochMs;
  /** With a speed: when the first message was copied, and when it had been enqueued. */
  readonly pacedFrom?: { readonly copiedAtMs: EpochMs; readonly enqueuedAtMs: EpochMs };
  /** Nothing is copied before this. */
  readonly notBeforeMs: EpochMs;
  readonly batch?: ReplayBatch;
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

/** A change of a queue's chains: put before it, so that it can be told of, and undone, whoever died in between. */
export interface RewindRecord {
  readonly incarnation: string;
  /** Ascending in time. */
  readonly rewindId: string;
  readonly kind: 'rewind' | 'selection' | 'purge' | 'undo';
  readonly requestedAtMs: EpochMs;
  readonly effectiveAtMs: EpochMs;
  /** Who asked for it, as far as the place that let the request in knows. */
  readonly requestedBy?: string;
  /** Everything enqueued from then on; absent for an undo. */
  readonly fromMs?: EpochMs;
  /** Before this; absent: to the end. */
  readonly toMs?: EpochMs;
  readonly filter?: MessageFilter;
  /** The rewind that this one undoes. */
  readonly undoes?: string;
  /** What an undo returns to. */
  readonly before: Chains;
  /** Known to have taken place; of the newest one the group's record says it. */
  readonly isDone: boolean;
  readonly removableAtMs: EpochMs;
}

/**
 * A push subscription with something to do: there only while somebody runs its pushes, or one is due later.
 * Who publishes writes it too, to tell the runner.
 */
export interface PushRecord {
  /** Of the subscription. */
  readonly incarnation: string;
  /** Who runs it, or ran it last. */
  readonly runnerId: string;
  /** The runner renews this; past it, anybody may go on. 0: nobody runs it. */
  readonly runnerUntilMs: EpochMs;
  /** Without a runner: somebody ought to look then. */
  readonly dueAtMs: EpochMs;
  /** Nothing is sent to the target before this, whatever is published: its rate, or a confirmation that is tried again then. */
  readonly notBeforeMs: EpochMs;
  /** Until then a runner that died may hold messages that no alarm tells of; 0: there are none. */
  readonly heldUntilMs: EpochMs;
  /** How often the endpoint was asked in vain for its confirmation. */
  readonly confirmationTries: number;
  readonly writeId: string;
}

/** A queue or subscription whose messages become dead letters by age: there as long as somebody has to look after them. */
export interface AgeWatch {
  readonly incarnation: string;
  /** When the policy was last set. */
  readonly notedAtMs: EpochMs;
  /** The runner renews this; past it, anybody may go on. 0: nobody runs it. */
  readonly runnerUntilMs: EpochMs;
  /** Without a runner: somebody is to look then, and need not before. */
  readonly dueAtMs: EpochMs;
  readonly writeId: string;
}

/** Work that outlives a request. Each method is one request. */
export interface JobTable {
  putRedrive(job: RedriveJob): Promise<Put<RedriveJob>>;
  replaceRedrive(job: RedriveJob, seenWriteId: string): Promise<Replacement<RedriveJob>>;
  readRedrive(incarnation: string, redriveId: string): Promise<RedriveJob | undefined>;
  /** Newest first. */
  listRedrives(incarnation: string, limit: number): Promise<readonly RedriveJob[]>;

  putReplay(job: ReplayJob): Promise<Put<ReplayJob>>;
  replaceReplay(job: ReplayJob, seenWriteId: string): Promise<Replacement<ReplayJob>>;
  /** Strongly consistent. */
  readReplay(incarnation: string, replayId: string): Promise<ReplayJob | undefined>;
  /** Newest first: ids begin with the time. May be cut short by the page size of the table (1 MB). */
  listReplays(incarnation: string, limit: number): Promise<readonly ReplayJob[]>;

  /** Replaces one with the same id. */
  putRewind(record: RewindRecord): Promise<void>;
  /** Strongly consistent. */
  readRewind(incarnation: string, rewindId: string): Promise<RewindRecord | undefined>;
  /** Newest first: ids begin with the time. May be cut short by the page size of the table (1 MB). */
  listRewinds(incarnation: string, limit: number): Promise<readonly RewindRecord[]>;

  putPush(record: PushRecord): Promise<Put<PushRecord>>;
  /** Only if the stored one still has `seenWriteId`. */
  replacePush(record: PushRecord, seenWriteId: string): Promise<Replacement<PushRecord>>;
  /** Only if the stored one still has `seenWriteId`. Landed also when there is none. */
  removePush(incarnation: string, seenWriteId: string): Promise<Replacement<PushRecord>>;
  /** Strongly consistent. */
  readPush(incarnation: string): Promise<PushRecord | undefined>;
  /** Ascending by incarnation, those behind `after`; may be cut short by the page size of the table (1 MB). Eventually consistent. */
  listPushes(range: { readonly limit: number; readonly after?: string }): Promise<readonly PushRecord[]>;

  /** In place of whatever is there. */
  putAgeWatch(watch: AgeWatch): Promise<void>;
  /** Only if the stored one still has `seenWriteId`. */
  replaceAgeWatch(watch: AgeWatch, seenWriteId: string): Promise<Replacement<AgeWatch>>;
  /** Only if the stored one still has `seenWriteId`. Landed also when there is none. */
  removeAgeWatch(incarnation: string, seenWriteId: string): Promise<Replacement<AgeWatch>>;
  /** Strongly consistent. */
  readAgeWatch(incarnation: string): Promise<AgeWatch | undefined>;
  /** Ascending by incarnation, those behind `after`; may be cut short by the page size of the table (1 MB). Eventually consistent. */
  listAgeWatches(range: { readonly limit: number; readonly after?: string }): Promise<readonly AgeWatch[]>;

  /** Strongly consistent. */
  readIntent(incarnation: string, idempotencyKey: string): Promise<AppendIntent | undefined>;
  putIntent(intent: AppendIntent): Promise<Put<AppendIntent>>;
  replaceIntent(intent: AppendIntent, seenWriteId: string): Promise<Replacement<AppendIntent>>;

  /** The secret that signs receipt handles: the stored one, or `candidate` when there was none. */
  readOrPutSecret(name: string, candidate: Uint8Array): Promise<Uint8Array>;
}
