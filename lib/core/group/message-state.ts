import { messageExpiresAt } from '../log/segment.ts';
import type { MessageContent, MessageState } from '../message.ts';
import { type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import { historySeconds, type QueueSettings } from '../queue.ts';
import type { EpochMs } from '../time.ts';
import { holdsPosition } from './holds.ts';

/** Where a message stands, without receiving it. */
export interface Standing {
  readonly state: MessageState;
  /** When it becomes, or became, visible; absent when it is not coming back by itself. */
  readonly visibleAtMs?: EpochMs;
  /** 0 when nobody received it. */
  readonly receiveCount: number;
  readonly firstReceivedAtMs?: EpochMs;
}

export interface Located {
  readonly segment: Segment;
  readonly content: MessageContent;
  /** The lease that covers it; undefined when nobody leased it yet. */
  readonly lease: Lease | undefined;
  /** Relative to the lease. */
  readonly position: number;
}

/** State is read off the log, the lease and the clock; there is no flag to go stale. */
export function standingOf({ segment, content, lease, position }: Located, settings: QueueSettings, nowMs: EpochMs): Standing {
  const hold = lease?.holds.find(({ held }) => holdsPosition(held, position));
  if (lease && !hold) return { state: lease.deadLettered.includes(position) ? 'deadLettered' : 'deleted', receiveCount: 0 };
  if (nowMs >= messageExpiresAt(segment, content, historySeconds(settings))) return { state: 'expired', receiveCount: hold?.receiveCount ?? 0 };
  if (hold && hold.leaseId !== UNRECEIVED) {
    return {
      state: hold.dueAtMs > nowMs ? 'inFlight' : 'ready', visibleAtMs: hold.dueAtMs,
      receiveCount: hold.receiveCount, firstReceivedAtMs: hold.firstReceivedAtMs,
    };
  }
  const visibleAtMs = content.dueAtMs ?? segment.enqueuedAtMs;
  return { state: visibleAtMs > nowMs ? 'delayed' : 'ready', visibleAtMs, receiveCount: 0 };
}
