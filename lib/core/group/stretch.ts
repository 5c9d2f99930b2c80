import type { Deps } from '../deps.ts';
import { endOf, leaseRemovableAt, messageExpiresAt, segmentExpiresAt } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { historySeconds } from '../queue.ts';
import { type EpochMs, latest } from '../time.ts';
import { type Admission, answerBytes, boundFor, isWanted, type Pull } from './pull.ts';
import { type LogRead, readableContents } from './read-log.ts';
import type { ReadPoint } from './reader-memory.ts';

/** Is there nothing to hold in it? */
export const isEmpty = ({ wanted, unwanted, unreadable }: Stretch): boolean => wanted.length + unwanted.length === 0 && !unreadable;

/** One message as the log has it. */
export interface Candidate {
  readonly segment: Segment;
  readonly content: MessageContent;
  readonly offset: Offset;
}

/** A stretch of the log to lease: contiguous, from the chain's end on. What is in neither list has expired, or is nobody's in this chain. */
export interface Stretch {
  readonly end: Offset;
  readonly endBase: Offset;
  readonly segmentBase: Offset;
  readonly removableAtMs: EpochMs;
  readonly wanted: readonly Candidate[];
  /** Passed over by a pull, or not due yet: leased too, since a chain has no gaps, but held by nobody. */
  readonly unwanted: readonly Candidate[];
  /** The end of the stretch cannot be read now: leased for later, so that others go on behind it. Then nothing else is in the stretch. */
  readonly unreadable: { readonly from: Offset; readonly end: Offset } | undefined;
}

/**
 * So many messages at most are passed over in a lease that also holds wanted ones: there they are a set,
 * which every later take writes again. Alone they are one range, at any number.
 */
const UNWANTED_MAX = 200;

/** As much of a read as makes an answer; undefined when there is nothing to lease. */
export async function stretchFrom(deps: Deps, pull: Pull, read: LogRead, next: ReadPoint, capacity: number): Promise<Stretch | undefined> {
  const [first] = read.segments;
  if (!first) return undefined;
  const growing: Growing = {
    end: next.offset, endBase: next.base, removableAtMs: leaseRemovableAt(first), wanted: [], unwanted: [], unreadable: undefined,
    capacity, bytesLeft: pull.answerBytesLeft,
  };
  for (const segment of read.segments) {
    const bound = boundFor(pull, segment.shard);
    const isKnown = !pull.membership || segment.enqueuedAtMs < pull.membership.knownUntilMs;
    const isYoung = pull.unconsumedSinceMs !== undefined && segment.enqueuedAtMs > pull.unconsumedSinceMs;
    if (segment.base >= bound || !isKnown || isYoung) break;
    growing.removableAtMs = latest(growing.removableAtMs, leaseRemovableAt(segment));
    const isOver = pull.nowMs >= segmentExpiresAt(segment, historySeconds(pull.settings)) || pull.membership?.mayHave(segment) === false;
    if (isOver && endOf(segment) <= bound) {
      growing.end = endOf(segment);
      growing.endBase = growing.end;
      continue;
    }
    const contents = await readableContents(deps, segment);
    if (!contents) {
      addUnreadable(growing, pull, segment, bound);
      break;
    }
    const admits = await pull.admits?.(segment, contents);
    if (!addSegment(growing, pull, { segment, contents, admits, bound })) break;
  }
  const { end, endBase, removableAtMs, wanted, unwanted, unreadable } = growing;
  return end === next.offset ? undefined : { end, endBase, segmentBase: first.base, removableAtMs, wanted, unwanted, unreadable };
}

interface Growing {
  end: Offset;
  endBase: Offset;
  removableAtMs: EpochMs;
  readonly wanted: Candidate[];
  readonly unwanted: Candidate[];
  unreadable: Stretch['unreadable'];
  readonly capacity: number;
  bytesLeft: number;
}

/**
 * Behind messages it is left to the next claim, which leases it alone. A selection passes it over: which
 * of its messages are meant cannot be told, and none of them is lost by it.
 */
function addUnreadable(growing: Growing, pull: Pull, segment: Segment, bound: Offset): void {
  if (growing.wanted.length + growing.unwanted.length > 0) return;
  const [from, end] = [Math.max(segment.base, growing.end), Math.min(endOf(segment), bound)];
  if (!pull.admits) growing.unreadable = { from, end };
  growing.end = end;
  growing.endBase = end === endOf(segment) ? end : segment.base;
}

interface Unpacked {
  readonly segment: Segment;
  readonly contents: readonly MessageContent[];
  readonly admits: ((position: number) => Admission) | undefined;
  readonly bound: Offset;
}

/** false when the answer is full, or the chain's reach ends or it has to wait, before the segment does. */
function addSegment(growing: Growing, pull: Pull, { segment, contents, admits, bound }: Unpacked): boolean {
  for (let offset = Math.max(segment.base, growing.end); offset < endOf(segment); offset += 1) {
    if (offset >= bound) return false;
    const content = contents[offset - segment.base];
    if (!content) throw new Error(`segment ${segment.shard}/${segment.base} lacks message ${offset}`);
    const admission = admits?.(offset - segment.base) ?? 'yes';
    if (admission === 'later') return false;
    const isOver = admission === 'no' || pull.membership?.has(segment, content) === false
      || pull.nowMs >= messageExpiresAt(segment, content, historySeconds(pull.settings));
    if (!isOver && !addMessage(growing, pull, { segment, content, offset })) return false;
    growing.end = offset + 1;
    growing.endBase = growing.end === endOf(segment) ? growing.end : segment.base;
  }
  return true;
}

/** false when it does not fit the answer; one message always does. */
function addMessage(growing: Growing, pull: Pull, candidate: Candidate): boolean {
  const { segment, content, offset } = candidate;
  const isDue = content.dueAtMs === undefined || content.dueAtMs <= pull.nowMs;
  if (!isDue || !isWanted(pull, segment, content, offset)) {
    if (growing.wanted.length > 0 && growing.unwanted.length >= UNWANTED_MAX) return false;
    growing.unwanted.push(candidate);
    return true;
  }
  const bytes = answerBytes(content);
  if (growing.unwanted.length > UNWANTED_MAX && growing.wanted.length === 0) return false;
  const isFull = growing.wanted.length >= growing.capacity || (growing.wanted.length > 0 && bytes > growing.bytesLeft);
  if (isFull) return false;
  growing.wanted.push(candidate);
  growing.bytesLeft -= bytes;
  return true;
}
