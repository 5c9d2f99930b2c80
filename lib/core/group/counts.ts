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
import { type Membership, membershipOf } from './membership.ts';
import { EVERYTHING } from './reach.ts';
import { readableContents, readLog } from './read-log.ts';
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
 * than the bound, what was not read is counted as if it were like what was. `firstOf`: only from that
 * offset of a shard on.
 */
export async function countMessages(deps: Deps, view: QueueView, firstOf: OffsetOf = () => 0): Promise<Counts> {
  const chains = chainsInForce(view.group, deps.system.now()) ?? view.group;
  // How much of its window a selection will let through nobody knows before reading it.
  const counted = servedOf(chains).filter(({ side }) => side?.kind !== 'selection').map((served) => countChain(deps, view, served, firstOf));
  return (await Promise.all(counted)).reduce(sum, none);
}

export type OffsetOf = (shard: string) => Offset;

/** One chain, as far as messages are its own, and meant. */
interface Counted {
  readonly log: string;
  readonly hasArchive: boolean;
  readonly chain: Chain;
  readonly firstOf: OffsetOf;
  readonly boundOf: OffsetOf;
  readonly nowMs: EpochMs;
  readonly settings: QueueView['definition']['settings'];
  readonly membership: Membership | undefined;
}

async function countChain(deps: Deps, view: QueueView, served: Served, firstOf: OffsetOf): Promise<Counts> {
  const memory = readerMemory();
  const boundOf: OffsetOf = served.side ? await boundsOf(deps, memory, view, served.side) : () => EVERYTHING;
  const { incarnation, settings } = view.definition;
  const log = logOf(incarnation);
  const counted: Counted = {
    log, hasArchive: outlivesTable(historySeconds(settings)), chain: served.chain, firstOf, boundOf, nowMs: deps.system.now(), settings, membership: membershipOf(view),
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
  const { log, hasArchive, chain, firstOf, boundOf, nowMs } = counted;
  const start = chain.starts[shard] ?? 0;
  const [tail, lastLease, storedLow] = await Promise.all([
    deps.log.lastSegment({ log, shard }), deps.leases.lastLease(chain.id, shard), deps.leases.readLow(chain.id, shard),
  ]);
  const low = Math.max(start, storedLow);
  const next = lastLease?.end ?? start;
  const leases = low < next ? await recentLeases(deps, chain.id, shard, low) : [];
  const [from, bound] = [firstOf(shard), boundOf(shard)];
  const key = { log, shard };
  const tailEnd = hasArchive ? await endBehind(deps, key, tail) : endOf(tail ?? { base: start, count: 0 });
  const end = Math.min(tailEnd, bound);
  const unleased = Math.max(0, end - Math.max(next, from));
  const [firstUnleased] = unleased > 0 ? await deps.log.listSegments({ ...key, from: lastLease?.endBase ?? next, limit: 1, consistent: false }) : [];
  const isCold = unleased > 0 && hasArchive && (firstUnleased?.base ?? end) > next;
  const oldestAtMs = isCold ? (await deps.archive.lastManifest(key, next))?.firstEnqueuedAtMs : undefined;
  const isMember = unleased > 0 ? await passRate(deps, counted, shard, { offset: Math.max(next, from), base: lastLease?.endBase ?? next }) : 1;
  const fromLog: Counts = { ...none, ready: Math.round(unleased * isMember), oldestAtMs: oldestAtMs ?? firstUnleased?.enqueuedAtMs };
  return { shard, low, counts: leases.map((lease) => countLease(between(lease, from, bound), nowMs)).reduce(sum, fromLog) };
}

/** Part of the messages from a point on that belong to the group: of the first ones, which stand for all. */
async function passRate(deps: Deps, { log, settings, membership }: Counted, shard: string, from: ReadPoint): Promise<number> {
  if (!membership || membership.isOpen) return 1;
  const { segments } = await readLog(deps, { log, shard, settings }, from, bounds.previewSegments);
  let [looked, members] = [0, 0];
  for (const segment of segments) {
    if (looked >= bounds.previewMessages) break;
    const contents = membership.mayHave(segment) ? await readableContents(deps, segment) ?? [] : [];
    looked += segment.count;
    members += contents.filter((content) => membership.has(segment, content)).length;
  }
  return looked === 0 ? 1 : members / looked;
}

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
