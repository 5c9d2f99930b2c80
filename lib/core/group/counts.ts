import type { Deps } from '../deps.ts';
import { endBehind } from '../log/history.ts';
import { endOf, outlivesTable } from '../log/segment.ts';
import { type Alarm, type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { Chain, QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { historySeconds } from '../queue.ts';
import { logOf } from '../subscription.ts';
import { earliest, type EpochMs, msAfter } from '../time.ts';
import { bounds } from '../timing.ts';
import { between, countOf } from './holds.ts';
import { hasEverything, lookForOwn, type OffsetRun, ownWithin } from './own-messages.ts';
import { EVERYTHING } from './reach.ts';
import { type ReadPoint, readerMemory } from './reader-memory.ts';
import { boundsOf, chainsInForce, type Served, servedOf, shardsToRead } from './served-chains.ts';

export interface Counts {
  readonly ready: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** When the oldest message that is ready or in flight was sent; undefined when there is none. */
  readonly oldestAtMs: EpochMs | undefined;
}

const none: Counts = { ready: 0, inFlight: 0, delayed: 0, oldestAtMs: undefined };

/** Leases read one by one for the alarms that look after them. */
const ALARMED_LEASES = 100;
const ALARMS_PER_PAGE = 10_000;

/**
 * How many messages stand where, from a bounded number of reads: what was never leased is a
 * difference of two offsets; the rest is read off recent leases and off alarms. Where there is more
 * than the bound, what was not read is counted as if it were like what was.
 */
export async function countMessages(deps: Deps, view: QueueView, request: CountRequest = {}): Promise<Counts> {
  const nowMs = deps.system.now();
  const chains = chainsInForce(view.group, nowMs) ?? view.group;
  const all: CountAll = { firstOf: () => 0, unreadOf: hasEverything(view, nowMs) ? everyOne(deps, view) : lookedUp(deps, view), ...request };
  // How much of its window a selection will let through nobody knows before reading it.
  const counted = servedOf(chains).filter(({ side }) => side?.kind !== 'selection').map((served) => countChain(deps, view, served, all));
  return (await Promise.all(counted)).reduce(sum, none);
}

export type OffsetOf = (shard: string) => Offset;

interface CountAll {
  /** Only from that offset of a shard on. */
  readonly firstOf: OffsetOf;
  /** How many of a run that nobody has leased are the group's own, and when the first of them was sent. */
  readonly unreadOf: (run: OffsetRun, lease: ReadPoint) => Promise<Unread>;
}

export type CountRequest = Partial<CountAll>;

export interface Unread {
  readonly count: number;
  readonly oldestAtMs: EpochMs | undefined;
}

/** One chain, as far as messages are its own, and meant. */
interface Counted extends CountAll {
  readonly log: string;
  readonly hasArchive: boolean;
  readonly chain: Chain;
  readonly boundOf: OffsetOf;
  readonly nowMs: EpochMs;
}

async function countChain(deps: Deps, view: QueueView, served: Served, all: CountAll): Promise<Counts> {
  const memory = readerMemory();
  const boundOf: OffsetOf = served.side ? await boundsOf(deps, memory, view, served.side) : () => EVERYTHING;
  const { incarnation, settings } = view.definition;
  const counted: Counted = {
    ...all, log: logOf(incarnation), hasArchive: outlivesTable(historySeconds(settings)), chain: served.chain, boundOf, nowMs: deps.system.now(),
  };
  const shards = await shardsToRead(deps, memory, view, served);
  const perShard = await Promise.all(shards.map((shard) => countShard(deps, counted, shard)));
  const lows = new Map(perShard.map(({ shard, low }) => [shard, low]));
  const alarmed = await countAlarmed(deps, counted, lows);
  return [...perShard.map(({ counts }) => counts), alarmed].reduce(sum, none);
}

const sum = (a: Counts, b: Counts): Counts => ({
  ready: a.ready + b.ready, inFlight: a.inFlight + b.inFlight, delayed: a.delayed + b.delayed,
  oldestAtMs: a.oldestAtMs !== undefined && b.oldestAtMs !== undefined ? earliest(a.oldestAtMs, b.oldestAtMs) : a.oldestAtMs ?? b.oldestAtMs,
});

interface ShardCounts {
  readonly shard: string;
  readonly low: Offset;
  readonly counts: Counts;
}

async function countShard(deps: Deps, counted: Counted, shard: string): Promise<ShardCounts> {
  const { log, hasArchive, chain, firstOf, boundOf, nowMs, unreadOf } = counted;
  const start = chain.starts[shard] ?? 0;
  const [tail, lastLease, storedLow] = await Promise.all([
    deps.log.lastSegment({ log, shard }), deps.leases.lastLease(chain.id, shard), deps.leases.readLow(chain.id, shard),
  ]);
  const low = Math.max(start, storedLow);
  const next: ReadPoint = { offset: lastLease?.end ?? start, base: lastLease?.endBase ?? start };
  const leases = low < next.offset ? await recentLeases(deps, chain.id, shard, low) : [];
  const [from, bound] = [firstOf(shard), boundOf(shard)];
  const tailEnd = hasArchive ? await endBehind(deps, { log, shard }, tail) : endOf(tail ?? { base: start, count: 0 });
  const unread: OffsetRun = { shard, first: Math.max(next.offset, from), end: Math.min(tailEnd, bound) };
  const { count, oldestAtMs } = unread.first < unread.end ? await unreadOf(unread, next) : { count: 0, oldestAtMs: undefined };
  const fromLog: Counts = { ...none, ready: Math.round(count), oldestAtMs };
  return { shard, low, counts: leases.map((lease) => countLease(between(lease, from, bound), nowMs)).reduce(sum, fromLog) };
}

/** Where all of it is the group's own; only how old it is needs a look. */
const everyOne = (deps: Deps, { definition: { incarnation, settings } }: QueueView): CountAll['unreadOf'] => async ({ shard, first, end }, next) => {
  const key = { log: logOf(incarnation), shard };
  const [segment] = await deps.log.listSegments({ ...key, from: next.base, limit: 1, consistent: false });
  const isCold = outlivesTable(historySeconds(settings)) && (segment?.base ?? end) > next.offset;
  const oldestAtMs = isCold ? (await deps.archive.lastManifest(key, next.offset))?.firstEnqueuedAtMs : undefined;
  return { count: end - first, oldestAtMs: oldestAtMs ?? segment?.enqueuedAtMs };
};

/** Where it is not: the first ones stand for all, and none of them is older than the first that was seen. */
const lookedUp = (deps: Deps, view: QueueView): CountAll['unreadOf'] => async (run, next) => {
  const look = await lookForOwn(deps, view, run, { segmentsMax: bounds.previewSegments, ...(run.first === next.offset ? { base: next.base } : {}) });
  return { count: ownWithin(look, run), oldestAtMs: look.firstAtMs };
};

async function recentLeases(deps: Deps, chain: string, shard: string, low: Offset): Promise<readonly Lease[]> {
  const leases: Lease[] = [];
  let from = low;
  for (let pages = 0; pages < bounds.countPages; pages += 1) {
    const page = await deps.leases.listLeases({ chain, shard, from, limit: ALARMS_PER_PAGE, consistent: false });
    leases.push(...page);
    const last = page[page.length - 1];
    if (!last) break;
    from = last.end;
  }
  return leases;
}

function countLease(lease: Lease, nowMs: EpochMs): Counts {
  const counted = lease.holds.map(({ leaseId, held, dueAtMs }): Counts => {
    const count = countOf(held);
    if (dueAtMs <= nowMs) return { ...none, ready: count };
    return leaseId === UNRECEIVED ? { ...none, delayed: count } : { ...none, inFlight: count };
  });
  const total = counted.reduce(sum, none);
  const hasAged = total.ready + total.inFlight > 0;
  return hasAged ? { ...total, oldestAtMs: msAfter(lease.bornAtMs, -lease.ageMs) } : total;
}

/** Leases that only an alarm looks after: passed by the sweep, or of delayed messages. */
async function countAlarmed(deps: Deps, { chain, firstOf, boundOf, nowMs }: Counted, lows: ReadonlyMap<string, Offset>): Promise<Counts> {
  const alarms = (await alarmsOf(deps, chain.id, lows)).filter(({ shard, first }) => first < boundOf(shard));
  const waiting = alarms.filter(({ delayedCount, dueAtMs, shard, first }) => delayedCount > 0 && dueAtMs > nowMs && first >= firstOf(shard));
  const delayed = waiting.reduce((count, { delayedCount }) => count + delayedCount, 0);
  const others = alarms.filter(({ delayedCount, dueAtMs }) => delayedCount === 0 || dueAtMs <= nowMs);
  const sample = others.slice(0, ALARMED_LEASES);
  const counted = await Promise.all(sample.map(async (alarm) => {
    const lease = await deps.leases.readLease(alarm);
    if (lease) return countLease(between(lease, firstOf(lease.shard), boundOf(lease.shard)), nowMs);
    return alarm.first >= firstOf(alarm.shard) ? { ...none, ready: alarm.delayedCount } : none;
  }));
  const total = counted.reduce(sum, none);
  const factor = sample.length === 0 ? 1 : others.length / sample.length;
  return {
    ready: Math.round(total.ready * factor), inFlight: Math.round(total.inFlight * factor),
    delayed: delayed + Math.round(total.delayed * factor), oldestAtMs: total.oldestAtMs,
  };
}

async function alarmsOf(deps: Deps, chain: string, lows: ReadonlyMap<string, Offset>): Promise<readonly Alarm[]> {
  const byLease = new Map<string, Alarm>();
  let after: Alarm | undefined;
  for (let pages = 0; pages < bounds.countPages; pages += 1) {
    const page: readonly Alarm[] = await deps.leases.listAlarms({ chain, parked: 'too', limit: ALARMS_PER_PAGE, ...(after ? { after } : {}) });
    for (const alarm of page) {
      const low = lows.get(alarm.shard);
      const isBehindSweep = low === undefined || alarm.first < low;
      const name = `${alarm.shard} ${alarm.first}`;
      if (isBehindSweep && !byLease.has(name)) byLease.set(name, alarm);
    }
    after = page[page.length - 1];
    if (!after) break;
  }
  return [...byLease.values()];
}
