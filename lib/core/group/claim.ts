import type { Deps } from '../deps.ts';
import { segmentWith } from '../log/history.ts';
import { endOf } from '../log/segment.ts';
import { type Hold, type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { Offset } from '../position.ts';
import { logOf } from '../subscription.ts';
import { earliest, type EpochMs, latest, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { putAlarm } from './alarm.ts';
import { boundFor, type Deliverable, type Pull, receivesBy } from './pull.ts';
import { countOf, heldOf, withOneRange } from './holds.ts';
import { passedStretch, passOver, readPoint } from './pass-over.ts';
import { type LogRead, type ReadableShard, readLog } from './read-log.ts';
import { knowsChainEnd, type ReadPoint, type ShardReader } from './reader-memory.ts';
import { type Candidate, type Stretch, stretchFrom } from './stretch.ts';

export interface Claimed {
  readonly deliverables: readonly Deliverable[];
  /** Another consumer's lease was in the way; its age says how fresh messages are when they are claimed. */
  readonly lostToAgeMs: number | undefined;
  /** The same, of a lease that was seen in time. */
  readonly seenAgeMs: number | undefined;
}

/** Behind segments that have expired so many are read at once, then its square, its cube. */
const EXPIRED_STEP = 8;

/**
 * Lease messages that no consumer has had yet, from one shard: put a lease at the chain's end only if
 * none is there. Two consumers that want the same messages collide on that one key, and the loser
 * learns from the winner's lease where the end is now.
 */
export async function claimFrom(
  deps: Deps, pull: Pull, reader: ShardReader, firstRead: LogRead, capacity: number,
): Promise<Claimed> {
  const shard = readableShard(pull, reader);
  let read = await passOver(deps, pull, shard, reader, firstRead);
  const seenAgeMs = await lookAtSharedEnd(deps, pull, reader);
  let lostToAgeMs: number | undefined;
  for (let tries = 1; tries <= bounds.claimTries; tries += 1) {
    const next = await chainEnd(deps, pull, reader);
    if (read.startsAt < next.offset || read.segments.length === 0) read = beginningAt(read, next);
    const stretch = await freshStretch(deps, pull, read, next, capacity) ?? passedStretch(deps, pull, reader, next);
    if (!stretch) return { deliverables: [], lostToAgeMs, seenAgeMs };
    const lease = leaseOver(deps, pull, reader, next, stretch);
    if (lease.alarmDueAtMs !== undefined) await putAlarm(deps, lease, lease.alarmDueAtMs);
    const put = await deps.leases.putLease(lease);
    if (put.kind === 'landed') {
      advance(deps, reader, { offset: lease.end, base: lease.endBase });
      if (pull.membership) notePassRate(reader, lease);
      // All of it is for later: what is for now may lie right behind it.
      reader.isPassing = stretch.wanted.length === 0 && stretch.unwanted.length > 0;
      if (lease.holds.length > 0 && !stretch.unreadable) return { deliverables: deliverablesOf(lease, stretch), lostToAgeMs, seenAgeMs };
      if (tries === bounds.claimTries) break;
      // All of it had expired, or is others', or cannot be read now: the empty lease saves the next reader the way, and this one takes longer steps.
      read = await passOver(deps, pull, shard, reader, await readLog(deps, shard, await chainEnd(deps, pull, reader), EXPIRED_STEP ** tries));
      continue;
    }
    lostToAgeMs = put.found.ageMs;
    reader.othersSeenAtMs = deps.system.now();
    advance(deps, reader, { offset: put.found.end, base: put.found.endBase });
    if (tries === 2 || isOfThePast(deps, put.found)) {
      reader.next = undefined;
      const end = await chainEnd(deps, pull, reader);
      read = await passOver(deps, pull, shard, reader, await readLog(deps, shard, end, Math.max(1, firstRead.segments.length)));
    }
  }
  return { deliverables: [], lostToAgeMs, seenAgeMs };
}

/** At least one in so many: what a filter lets through may change from one moment to the next. */
const PASS_RATE_MIN = 1 / 64;

function notePassRate(reader: ShardReader, { first, end, holds }: Lease): void {
  const held = holds.reduce((sum, { held: positions }) => sum + countOf(positions), 0);
  reader.passRate = Math.max(PASS_RATE_MIN, (reader.passRate + held / (end - first)) / 2);
}

/**
 * A stretch by the clock as it is: what expired while its objects were fetched, by a process that may
 * have stood still, must not be leased. The second time they are at hand.
 */
async function freshStretch(deps: Deps, pull: Pull, read: LogRead, next: ReadPoint, capacity: number): Promise<Stretch | undefined> {
  for (;;) {
    const nowMs = deps.system.now();
    const stretch = await stretchFrom(deps, { ...pull, nowMs }, read, next, capacity);
    if (deps.system.now() - nowMs <= timing.groupAgeMs) return stretch;
  }
}

/**
 * Where others claim as well, most of what the log shows is theirs by now: a read of the chain's end, when
 * the hint is not of this moment, is cheaper than a refused lease for each consumer and message.
 * Answers the age of the messages of the lease that somebody put since.
 */
async function lookAtSharedEnd(deps: Deps, pull: Pull, reader: ShardReader): Promise<number | undefined> {
  const nowMs = deps.system.now();
  const { next, nextSeenAtMs, othersSeenAtMs } = reader;
  const isShared = othersSeenAtMs !== undefined && nowMs - othersSeenAtMs <= timing.sharedChainMs;
  const isOfNow = nextSeenAtMs !== undefined && nowMs - nextSeenAtMs <= timing.sharedTailHintMs;
  if (!next || !isShared || isOfNow) return undefined;
  const last = await deps.leases.lastLease(pull.chain.id, reader.shard);
  if (!last) return undefined;
  reader.nextSeenAtMs = nowMs;
  if (last.end <= next.offset) return undefined;
  reader.next = { offset: last.end, base: last.endBase };
  reader.othersSeenAtMs = nowMs;
  return last.ageMs;
}

/** Not a race lost just now: this reader is far behind, and one look at the end saves it a walk along the chain (B18). */
const isOfThePast = (deps: Deps, { bornAtMs }: Lease): boolean => deps.system.now() - bornAtMs > timing.pollMaxMs;

/** Look for new messages in a shard, without claiming: what is left of the last read, or one query. */
export async function lookInto(deps: Deps, pull: Pull, reader: ShardReader, capacity: number): Promise<LogRead> {
  const next = await chainEnd(deps, pull, reader);
  if (reader.sealedAt !== undefined && next.offset >= reader.sealedAt) {
    return { segments: [], startsAt: next.offset, sealedAt: reader.sealedAt };
  }
  const bound = boundFor(pull, reader.shard);
  // Passed over up to the seal, before that was known: the claim needs to see it again, to come to the end.
  if (reader.sealedAt !== undefined && readPoint(reader, next).offset >= reader.sealedAt) reader.passed = undefined;
  const from = readPoint(reader, next);
  if (from.offset >= bound) return { segments: [], startsAt: from.offset, sealedAt: undefined };
  reader.ahead = reader.ahead.filter((segment) => endOf(segment) > from.offset);
  if (isEnoughAhead(reader, from, capacity)) {
    reader.emptySinceMs = undefined;
    return { segments: reader.ahead, startsAt: from.offset, sealedAt: reader.sealedAt };
  }

  const whole = await readLog(deps, readableShard(pull, reader), from, segmentsWorthReading(reader, capacity));
  reader.sealedAt = whole.sealedAt ?? reader.sealedAt;
  const read: LogRead = { ...whole, segments: whole.segments.filter(({ base }) => base < bound) };
  noteRead(deps, reader, read);
  return read;
}

/** What was read already and begins at the chain's end, unless it is too little of what was asked for. */
function isEnoughAhead({ ahead }: ShardReader, next: ReadPoint, capacity: number): boolean {
  const [first] = ahead;
  const last = ahead[ahead.length - 1];
  if (!first || !last || first.base > next.offset) return false;
  return endOf(last) - next.offset >= capacity / 2;
}

/** Segments that only point to objects are so small that a query for several costs what it costs for one. */
const POINTERS_AT_ONCE = 8;

function segmentsWorthReading({ averageCount, passRate, arePointers }: ShardReader, capacity: number): number {
  const needed = Math.max(1, Math.ceil(capacity / (averageCount * passRate)));
  return Math.min(bounds.segmentsPerRead, arePointers ? Math.max(needed, POINTERS_AT_ONCE) : needed);
}

function noteRead(deps: Deps, reader: ShardReader, { segments }: LogRead): void {
  reader.ahead = segments;
  if (segments.length === 0) {
    reader.emptySinceMs ??= deps.system.now();
    return;
  }
  reader.arePointers = segments.every(({ body }) => body.kind === 'object');
  const mean = segments.reduce((sum, { count }) => sum + count, 0) / segments.length;
  reader.averageCount = (reader.averageCount + mean) / 2;
  reader.emptySinceMs = undefined;
}

/**
 * The end of the chain as this process saw it lately, or by one descending query. An older hint may
 * point behind leases that have expired since, where a claim would collide with nobody's.
 */
export async function chainEnd(deps: Deps, pull: Pull, reader: ShardReader): Promise<ReadPoint> {
  if (reader.next && knowsChainEnd(reader, deps.system.now())) return reader.next;
  const seenAtMs = deps.system.now();
  const last = await lastingLease(deps, await deps.leases.lastLease(pull.chain.id, reader.shard));
  const start = pull.chain.starts[reader.shard] ?? 0;
  reader.next = last
    ? { offset: last.end, base: last.endBase }
    : { offset: start, base: await baseAt(deps, pull, reader.shard, start) };
  reader.nextSeenAtMs = seenAtMs;
  return reader.next;
}

/**
 * The lease that ends the chain must outlive every claim that is made behind it: were TTL to take it in
 * between, whoever looks next would begin the chain anew, and both would hold the same messages.
 */
async function lastingLease(deps: Deps, last: Lease | undefined): Promise<Lease | undefined> {
  const nowMs = deps.system.now();
  if (!last || last.removableAtMs - nowMs > timing.shardSilenceMs) return last;
  const renewed = { ...last, removableAtMs: msAfter(nowMs, timing.removalMarginMs), writeId: deps.system.newId() };
  const put = await deps.leases.replaceLease(renewed, last.writeId);
  return put.kind === 'landed' ? renewed : put.found;
}

const readableShard = ({ incarnation, settings }: Pull, { shard }: ShardReader): ReadableShard => ({ log: logOf(incarnation), shard, settings });

/** A chain may start in the middle of a segment. */
async function baseAt(deps: Deps, pull: Pull, shard: string, start: Offset): Promise<Offset> {
  if (start === 0) return 0;
  const segment = await segmentWith(deps, { log: logOf(pull.incarnation), shard }, start);
  return segment?.base ?? start;
}

function advance(deps: Deps, reader: ShardReader, to: ReadPoint): void {
  if (reader.next && to.offset <= reader.next.offset) return;
  reader.next = to;
  reader.nextSeenAtMs = deps.system.now();
}

/** What of a read lies at or behind the chain's end. */
const beginningAt = (read: LogRead, next: ReadPoint): LogRead => ({
  ...read, startsAt: Math.max(read.startsAt, next.offset), segments: read.segments.filter((segment) => endOf(segment) > next.offset),
});

function leaseOver(deps: Deps, pull: Pull, reader: ShardReader, next: ReadPoint, stretch: Stretch): Lease {
  const nowMs = deps.system.now();
  const dueAtMs = msAfter(nowMs, pull.visibilityMs);
  const holds: Hold[] = [];
  if (stretch.wanted.length > 0) {
    holds.push({ leaseId: deps.system.newId(), held: heldAt(next, stretch.wanted), dueAtMs, receiveCount: receivesBy(pull), firstReceivedAtMs: nowMs });
  }
  if (stretch.unwanted.length > 0) {
    const firstAtMs = earliest(...stretch.unwanted.map(({ content }) => latest(nowMs, content.dueAtMs ?? nowMs)));
    holds.push({ leaseId: UNRECEIVED, held: heldAt(next, stretch.unwanted), dueAtMs: firstAtMs, receiveCount: 0, firstReceivedAtMs: nowMs });
  }
  if (stretch.unreadable) {
    const held = { kind: 'range', from: stretch.unreadable.from - next.offset, end: stretch.unreadable.end - next.offset } as const;
    holds.push({ leaseId: UNRECEIVED, held, dueAtMs: msAfter(nowMs, timing.unreadableMs), receiveCount: 0, firstReceivedAtMs: nowMs });
  }
  const alarmDueAtMs = needsAlarm(pull, stretch) ? earliest(...holds.map(alarmDue)) : undefined;
  const oldestAtMs = stretch.wanted[0]?.segment.enqueuedAtMs ?? nowMs;
  return {
    chain: pull.chain.id, shard: reader.shard, first: next.offset, end: stretch.end,
    segmentBase: stretch.segmentBase, endBase: stretch.endBase, bornAtMs: pull.admits ? pull.nowMs : nowMs, ageMs: Math.max(0, nowMs - oldestAtMs),
    holds: withOneRange(holds), deadLettered: [], writeId: deps.system.newId(),
    // An empty lease over what expired long ago must not be gone before it is seen.
    removableAtMs: latest(stretch.removableAtMs, msAfter(nowMs, timing.removalMarginMs)),
    ...(alarmDueAtMs === undefined ? {} : { alarmDueAtMs }),
  };
}

/** An alarm is looked at with a margin for clocks; what nobody holds needs none. */
const alarmDue = ({ leaseId, dueAtMs }: Hold): EpochMs => (leaseId === UNRECEIVED ? msAfter(dueAtMs, -timing.clockSkewMs) : dueAtMs);

const heldAt = (next: ReadPoint, candidates: readonly Candidate[]) => heldOf(candidates.map(({ offset }) => offset - next.offset));

/** The cursor finds what falls due by the queue's own timeout; what does so earlier needs an alarm, put first. */
const needsAlarm = (pull: Pull, { unwanted, unreadable }: Stretch): boolean =>
  unwanted.length > 0 || unreadable !== undefined || pull.visibilityMs < Math.min(pull.settings.visibilityTimeoutSeconds * 1000, timing.sweepAgeMs);

function deliverablesOf(lease: Lease, { wanted }: Stretch): readonly Deliverable[] {
  const hold = lease.holds.find(({ leaseId }) => leaseId !== UNRECEIVED);
  if (!hold) return [];
  return wanted.map(({ segment, content, offset }) => ({ lease, hold, segment, content, position: offset - lease.first }));
}
