import type { Deps } from '../deps.ts';
import { messageExpiresAt } from '../log/segment.ts';
import { type Alarm, type Hold, type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import { historySeconds } from '../queue.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { moveToDeadLetters } from './dead-letter.ts';
import { below, heldOf, positionsOf, takeableAt, without, withHold, withOneRange } from './holds.ts';
import { type LeaseMessage, type LeaseMessages, messagesOf } from './lease-messages.ts';
import { NOT_STORED } from './materialise.ts';
import { answerBytes, boundFor, type Deliverable, isWanted, type Pull, receivesBy } from './pull.ts';

export type TakeOutcome =
  | { readonly kind: 'taken'; readonly lease: Lease; readonly deliverables: readonly Deliverable[]; readonly isMoreDue: boolean }
  /** Somebody wrote the lease since it was read. */
  | { readonly kind: 'lost'; readonly found: Lease | undefined };

/** What a take does to one hold. */
interface Plan {
  readonly hold: Hold;
  /** To this consumer, under a new id. */
  readonly taken: readonly number[];
  /** Received too often: to the dead-letter queue, under a mover's id. */
  readonly dead: readonly number[];
  /** Past their retention, or no longer in the log. */
  readonly gone: readonly number[];
  /** What is left of it cannot be read now: the hold is looked at again later. */
  readonly isUnreadable: boolean;
}

/**
 * Move messages whose holder let their due time pass (or that nobody held yet) to this consumer.
 *
 * Read, compute, and replace on the condition that nobody wrote in between: a settle that lands
 * meanwhile refuses the replacement, so nothing settled comes back. Only what is asked for moves; the
 * rest keeps its id, its count and its due time (storage-breaks.md B10). The alarm that led here
 * stays, so no other is needed.
 */
export async function takeDue(
  deps: Deps, pull: Pull, alarm: Alarm, lease: Lease, capacity: number, known?: LeaseMessages,
): Promise<TakeOutcome> {
  const messages = known ?? await messagesOf(deps, logOf(pull.incarnation), lease);
  const nowMs = deps.system.now();
  const plans = planTakes(pull, lease, messages, nowMs, capacity);
  if (plans.every(isIdle)) return { kind: 'taken', lease, deliverables: [], isMoreDue: false };
  const taken = applyPlans(deps, pull, alarm, lease, messages, plans, nowMs);
  const put = lease.writeId === NOT_STORED
    ? await deps.leases.putLease(taken.lease)
    : await deps.leases.replaceLease(taken.lease, lease.writeId);
  if (put.kind === 'refused' && !isOurs(put.found, taken)) return { kind: 'lost', found: put.found };
  await moveToDeadLetters(deps, pull, taken.lease, taken.deadHolds, messages);
  const deliverables = taken.newHolds.flatMap((hold) => positionsOf(hold.held).flatMap((position): Deliverable[] => {
    const message = messages.found.get(position);
    return message ? [{ lease: taken.lease, hold, position, ...message }] : [];
  }));
  const isMoreDue = below(taken.lease, boundFor(pull, lease.shard)).holds.some((hold) => takeableAt(hold) <= nowMs);
  return { kind: 'taken', lease: taken.lease, deliverables, isMoreDue };
}

const isIdle = ({ taken, dead, gone, isUnreadable }: Plan): boolean => taken.length + dead.length + gone.length === 0 && !isUnreadable;

interface Taken {
  readonly lease: Lease;
  readonly newHolds: readonly Hold[];
  readonly deadHolds: readonly Hold[];
}

/** Our write may have landed, its reply lost, and others have written since: then our holds are there. */
const isOurs = (found: Lease | undefined, { newHolds, deadHolds }: Taken): boolean => {
  const ids = [...newHolds, ...deadHolds].map(({ leaseId }) => leaseId);
  return ids.length > 0 && ids.every((id) => found?.holds.some(({ leaseId }) => leaseId === id));
};

function planTakes(pull: Pull, lease: Lease, messages: LeaseMessages, nowMs: EpochMs, capacity: number): readonly Plan[] {
  let left = capacity;
  let bytes = 0;
  const maxReceiveCount = pull.settings.deadLetter?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
  const bound = boundFor(pull, lease.shard);
  return lease.holds.filter((hold) => takeableAt(hold) <= nowMs).map((hold) => {
    const taken: number[] = [];
    const dead: number[] = [];
    const gone: number[] = [];
    let unreadable = 0;
    let readable = 0;
    for (const position of positionsOf(hold.held)) {
      if (lease.first + position >= bound) break;
      const message = messages.found.get(position);
      if (messages.unreadable.has(position)) unreadable += 1;
      else if (!message || nowMs >= messageExpiresAt(message.segment, message.content, historySeconds(pull.settings)) || isOthers(pull, hold, message)) gone.push(position);
      else if (!isDue(hold, message.content.dueAtMs, nowMs)) continue;
      else if (hold.receiveCount >= maxReceiveCount) dead.push(position);
      else if (left > 0 && isWanted(pull, message.segment, message.content, lease.first + position)) {
        bytes += answerBytes(message.content);
        if (left < capacity && bytes > pull.answerBytesLeft) {
          readable += 1;
          break;
        }
        taken.push(position);
        left -= 1;
      } else readable += 1;
    }
    return { hold, taken, dead, gone, isUnreadable: unreadable > 0 && readable === 0 };
  });
}

/** What could not be read when it was leased may turn out to be for other subscriptions only. */
const isOthers = ({ membership }: Pull, { leaseId }: Hold, { segment, content }: LeaseMessage): boolean =>
  leaseId === UNRECEIVED && membership?.has(segment, content) === false;

/** Messages that wait unreceived in one hold each have a due time of their own. */
const isDue = (hold: Hold, dueAtMs: EpochMs | undefined, nowMs: EpochMs): boolean =>
  hold.leaseId !== UNRECEIVED || dueAtMs === undefined || dueAtMs <= nowMs;

function applyPlans(
  deps: Deps, pull: Pull, alarm: Alarm, lease: Lease, messages: LeaseMessages, plans: readonly Plan[], nowMs: EpochMs,
): Taken {
  const newHolds: Hold[] = [];
  const deadHolds: Hold[] = [];
  let { holds } = lease;
  for (const { hold, taken, dead, gone, isUnreadable } of plans) {
    holds = without(holds, (other) => other === hold, new Set([...taken, ...dead, ...gone]));
    if (isUnreadable) holds = postponed(holds, hold.leaseId, msAfter(nowMs, timing.unreadableMs));
    const firstReceivedAtMs = hold.receiveCount === 0 ? nowMs : hold.firstReceivedAtMs;
    if (taken.length > 0) {
      newHolds.push({
        leaseId: deps.system.newId(), held: heldOf(taken), dueAtMs: msAfter(nowMs, pull.visibilityMs),
        receiveCount: hold.receiveCount + receivesBy(pull), firstReceivedAtMs,
      });
    }
    if (dead.length > 0) {
      deadHolds.push({ ...hold, leaseId: deps.system.newId(), held: heldOf(dead), dueAtMs: msAfter(nowMs, timing.moverHoldMs) });
    }
  }
  holds = withOneRange(withFreshDue([...newHolds, ...deadHolds].reduce(withHold, holds), (position) => messages.found.get(position)?.content.dueAtMs));
  const asStored = (made: readonly Hold[]) => holds.filter(({ leaseId }) => made.some((hold) => hold.leaseId === leaseId));
  return {
    lease: { ...lease, holds, alarmDueAtMs: alarm.dueAtMs, writeId: deps.system.newId() },
    newHolds: asStored(newHolds), deadHolds: asStored(deadHolds),
  };
}

/** The handles of its holder stay valid, as after a change of visibility. */
const postponed = (holds: readonly Hold[], leaseId: string, dueAtMs: EpochMs): readonly Hold[] =>
  holds.map((hold) => (hold.leaseId === leaseId ? { ...hold, dueAtMs } : hold));

/** What is still waiting unreceived is due when the first of it is. */
export function withFreshDue(holds: readonly Hold[], dueOf: (position: number) => EpochMs | undefined): readonly Hold[] {
  return holds.map((hold) => {
    if (hold.leaseId !== UNRECEIVED) return hold;
    const dues = positionsOf(hold.held).map((position) => dueOf(position) ?? hold.dueAtMs);
    return { ...hold, dueAtMs: dues.reduce((first, due) => (due < first ? due : first), dues[0] ?? hold.dueAtMs) };
  });
}
