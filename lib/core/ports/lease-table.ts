import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import type { Put, Replacement } from './conditional.ts';

/**
 * Which positions a holder has, relative to the lease's first offset: a range while all of it is
 * held (one small write at any size), a set once part of it was settled, taken or changed.
 */
export type Held =
  | { readonly kind: 'range'; readonly from: number; readonly end: number }
  | { readonly kind: 'set'; readonly positions: readonly number[] };

/** Who holds what until when. A hold that nobody received yet has `leaseId` `UNRECEIVED` and count 0. */
export interface Hold {
  readonly leaseId: string;
  readonly held: Held;
  readonly dueAtMs: EpochMs;
  readonly receiveCount: number;
  readonly firstReceivedAtMs: EpochMs;
}

export const UNRECEIVED = '0';

export interface LeaseKey {
  readonly chain: string;
  readonly shard: string;
  readonly first: Offset;
}

/** A group's claim on [first, end) of one shard. A position in no hold is settled (or was gone before). */
export interface Lease extends LeaseKey {
  readonly end: Offset;
  /** Base of the segment that has `first`: where a reader of its messages begins. */
  readonly segmentBase: Offset;
  /** Where a reader of the next lease begins: base of the segment that has `end`, or `end` itself. */
  readonly endBase: Offset;
  readonly bornAtMs: EpochMs;
  /** Age in ms of its oldest message when claimed: steers the pollers that lost the race for it. */
  readonly ageMs: number;
  readonly holds: readonly Hold[];
  /** Positions whose message went to the dead-letter queue. */
  readonly deadLettered: readonly number[];
  /** Due time of the alarm that looks after this lease; absent while the cursor does. */
  readonly alarmDueAtMs?: EpochMs;
  /** Changes with every write. */
  readonly writeId: string;
  readonly removableAtMs: EpochMs;
}

export interface Settlement {
  readonly key: LeaseKey;
  readonly leaseId: string;
  /** The form the caller believes the hold to have: `range` settles the whole of it. */
  readonly held: Held;
  readonly writeId: string;
  /** Also note these positions as dead-lettered. */
  readonly asDeadLetters: boolean;
}

/** `lease` is the item before a settlement that landed, or the one that refused it (undefined: none there). */
export interface SettlementResult {
  readonly kind: 'landed' | 'refused';
  readonly before: Lease | undefined;
}

/** A hint "look at this lease from `dueAtMs` on". Never the truth. */
export interface Alarm {
  readonly chain: string;
  readonly dueAtMs: EpochMs;
  readonly shard: string;
  readonly first: Offset;
  /** Delayed messages it stands for, for counts: 0 for a redelivery. */
  readonly delayedCount: number;
  /** When its sender began: an alarm whose segment never came is dropped when this is long past. */
  readonly setAtMs: EpochMs;
  /** Put aside: its chain is only served below it. It counts again if that chain comes back into force. */
  readonly isParked?: boolean;
  /** Changes with every put, so that a slow reader does not delete an alarm that was set anew. */
  readonly writeId: string;
  readonly removableAtMs: EpochMs;
}

export type AlarmKey = Pick<Alarm, 'chain' | 'dueAtMs' | 'shard' | 'first' | 'isParked'>;

export interface AlarmRange {
  readonly chain: string;
  /** Begin with this alarm, or with what comes behind where it would be; absent: from the beginning. */
  readonly from?: AlarmKey;
  /** Last due time, inclusive; absent to the end. */
  readonly untilMs?: EpochMs;
  /** Those put aside too, before all others, or only those. */
  readonly parked?: 'too' | 'only';
  readonly limit: number;
  /** Continue behind this alarm. */
  readonly after?: Alarm;
  /** Default: eventually consistent. */
  readonly consistent?: boolean;
}

export interface LeaseRange {
  readonly chain: string;
  readonly shard: string;
  readonly from: Offset;
  readonly limit: number;
  readonly consistent: boolean;
}

/** A chain's leases, its cursors and its alarms. Each method is one request. */
export interface LeaseTable {
  /** Put only if no lease has that first offset. */
  putLease(lease: Lease): Promise<Put<Lease>>;
  /** Replace only if the stored one still has `seenWriteId`. */
  replaceLease(lease: Lease, seenWriteId: string): Promise<Replacement<Lease>>;
  /** Take positions out of the hold if that hold is still there in the form given; one blind write. */
  settleLease(settlement: Settlement): Promise<SettlementResult>;
  /** Strongly consistent. */
  readLease(key: LeaseKey): Promise<Lease | undefined>;
  /** Ascending by first offset. */
  listLeases(range: LeaseRange): Promise<readonly Lease[]>;
  /** The lease with the highest first offset at or below `atOrBelow` (default: of all), strongly consistent. */
  lastLease(chain: string, shard: string, atOrBelow?: Offset): Promise<Lease | undefined>;

  /** Every lease that begins before `low` was looked at once; 0 when never written. Eventually consistent. */
  readLow(chain: string, shard: string): Promise<Offset>;
  /** Only upwards; a lower value changes nothing. */
  raiseLow(chain: string, shard: string, low: Offset, removableAtMs: EpochMs): Promise<void>;

  /** Replaces one with the same key. */
  putAlarm(alarm: Alarm): Promise<void>;
  /** Idempotent. With `seenWriteId`: only if nobody has put it again since. */
  deleteAlarm(alarm: AlarmKey, seenWriteId?: string): Promise<void>;
  /** Ascending by due time; may be cut short by the page size of the table. */
  listAlarms(range: AlarmRange): Promise<readonly Alarm[]>;
}
