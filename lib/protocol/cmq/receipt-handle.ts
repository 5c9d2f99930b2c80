import { CmqRefusal } from './refusals.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';

/**
 * A handle as this dialect shows it: the core's, `#`, and when the message becomes visible again, in ms, in base
 * 36. After that it is refused here, though the core would take it until somebody else has the message. The time is
 * not authenticated: whoever changes it changes what they may do with a message that is theirs alone.
 */
export const shownHandle = ({ receiptHandle, visibleAtMs }: { readonly receiptHandle: string; readonly visibleAtMs: EpochMs }): string =>
  `${receiptHandle}#${visibleAtMs.toString(36)}`;

export interface ReadHandle {
  readonly receiptHandle: string;
  /** Absent: it was given out by another dialect. */
  readonly visibleAtMs?: EpochMs;
}

/** @throws CmqRefusal `handleForm` */
export function readHandle(text: string): ReadHandle {
  if (!/^[A-Za-z0-9%#:_-]{1,256}$/.test(text)) throw new CmqRefusal('handleForm');
  const [receiptHandle = '', time] = text.split('#', 2);
  return time === undefined ? { receiptHandle } : { receiptHandle, visibleAtMs: epochMs(Number.parseInt(time, 36)) };
}

/** Is its time over? Of one that says nothing that is a time: yes. */
export const isOver = ({ visibleAtMs }: ReadHandle, nowMs: EpochMs): boolean => visibleAtMs !== undefined && !(nowMs < visibleAtMs);
