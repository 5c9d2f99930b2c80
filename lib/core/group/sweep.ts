import type { Deps } from '../deps.ts';
import type { Alarm, Lease } from '../ports/lease-table.ts';
import type { Offset } from '../position.ts';
import { type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { putAlarm } from './alarm.ts';
import { earliestDue } from './holds.ts';
import { boundFor, type Pull } from './pull.ts';
import type { ReadPoint, ReaderMemory, ShardReader } from './reader-memory.ts';

/**
 * Looks at the leases that became old enough; answers the alarms it set that are due already.
 *
 * The cursor `low` looks at each lease of a chain once, at the age by which most are settled:
 * settled, pass; otherwise set an alarm at its earliest due time, pass. From then on the alarm looks
 * after it. So a sweep costs what is new, not what is in flight. A second sweeper, or a stale read,
 * only makes it late: settled stays settled, and an alarm too many does no harm.
 */
export async function sweep(deps: Deps, pull: Pull, memory: ReaderMemory): Promise<readonly Alarm[]> {
  const nowMs = deps.system.now();
  if (!isSweepDue(memory, nowMs)) return [];
  memory.sweptAtMs = nowMs;
  const alarms = await Promise.all([...memory.shards.values()].map((reader) => sweepShard(deps, pull, reader)));
  return alarms.flat();
}

export const isSweepDue = ({ sweptAtMs }: ReaderMemory, nowMs: EpochMs): boolean =>
  sweptAtMs === undefined || nowMs - sweptAtMs >= timing.sweepEveryMs;

async function sweepShard(deps: Deps, pull: Pull, reader: ShardReader): Promise<readonly Alarm[]> {
  const nowMs = deps.system.now();
  const isTooEarly = reader.sweepAtMs !== undefined && nowMs < reader.sweepAtMs;
  const alarms = reader.next && !isTooEarly ? await passAll(deps, pull, reader, reader.next) : [];
  await storeLow(deps, pull, reader);
  return alarms.filter((alarm) => alarm.dueAtMs <= nowMs);
}

async function passAll(deps: Deps, pull: Pull, reader: ShardReader, next: ReadPoint): Promise<readonly Alarm[]> {
  const nowMs = deps.system.now();
  // After a pause others have been here: their cursor saves this one the walk.
  const isAsleep = reader.passedAtMs === undefined || nowMs - reader.passedAtMs > timing.sweepAgeMs;
  let low = reader.low === undefined || isAsleep ? await storedLow(deps, pull, reader) : reader.low;
  reader.passedAtMs = nowMs;
  const alarms: Alarm[] = [];
  let passedNow = 0;
  // A full page means that more may be old enough: on a busy shard one page a sweep would fall behind.
  const end = Math.min(next.offset, boundFor(pull, reader.shard));
  for (let pages = 0; pages < bounds.sweepPages && low < end; pages += 1) {
    const limit = pages === 0 ? firstPage(reader) : bounds.sweepLeases;
    const passed = await passOldEnough(deps, pull, reader, low, limit);
    alarms.push(...passed.alarms);
    passedNow += passed.leases;
    if (passed.leases < limit) break;
    low = reader.low ?? low;
  }
  reader.passedLately = passedNow;
  return alarms;
}

/** About what became old enough since the last sweep: what is read too early is read again. */
const firstPage = ({ passedLately }: ShardReader): number =>
  Math.min(bounds.sweepLeases, Math.max(SMALLEST_PAGE, Math.ceil(passedLately * 1.25)));

const SMALLEST_PAGE = 8;

async function passOldEnough(
  deps: Deps, pull: Pull, reader: ShardReader, low: Offset, limit: number,
): Promise<{ readonly alarms: readonly Alarm[]; readonly leases: number }> {
  const nowMs = deps.system.now();
  const lookAtAgeMs = Math.min(pull.settings.visibilityTimeoutSeconds * 1000, timing.sweepAgeMs) + timing.clockSkewMs;
  const leases = await leasesFrom(deps, pull, reader, low, limit);
  const bound = boundFor(pull, reader.shard);
  const young = leases.findIndex(({ first, bornAtMs }) => first >= bound || nowMs - bornAtMs < lookAtAgeMs);
  const old = young === -1 ? leases : leases.slice(0, young);
  const firstYoung = leases[young];
  if (firstYoung && firstYoung.first < bound) reader.sweepAtMs = msAfter(firstYoung.bornAtMs, lookAtAgeMs);
  const alarms = await Promise.all(old.flatMap((lease) => {
    const dueAtMs = earliestDue(lease);
    return dueAtMs === undefined || lease.alarmDueAtMs !== undefined ? [] : [putAlarm(deps, lease, dueAtMs)];
  }));
  const last = old[old.length - 1];
  if (last) {
    reader.low = last.end;
    reader.lowRemovableAtMs = last.removableAtMs;
  }
  return { alarms, leases: old.length };
}

/** Contiguous leases; where there is a gap at the front even for a strong read, what was there has expired. */
async function leasesFrom(deps: Deps, pull: Pull, reader: ShardReader, low: Offset, limit: number): Promise<readonly Lease[]> {
  const range = { chain: pull.chain.id, shard: reader.shard, from: low, limit };
  const eventual = await deps.leases.listLeases({ ...range, consistent: false });
  const isGapless = !eventual[0] || eventual[0].first === low;
  const leases = isGapless ? eventual : await deps.leases.listLeases({ ...range, consistent: true });
  const contiguous: Lease[] = [];
  let expected = leases[0]?.first;
  for (const lease of leases) {
    if (lease.first !== expected) break;
    contiguous.push(lease);
    expected = lease.end;
  }
  return contiguous;
}

async function storedLow(deps: Deps, pull: Pull, reader: ShardReader): Promise<Offset> {
  const start = pull.chain.starts[reader.shard] ?? 0;
  reader.storedLow = await deps.leases.readLow(pull.chain.id, reader.shard);
  reader.low = Math.max(start, reader.storedLow, reader.low ?? 0);
  return reader.low;
}

/** Also when nothing was passed just now: what was too early to store must not wait for the next message. */
async function storeLow(deps: Deps, pull: Pull, reader: ShardReader): Promise<void> {
  const { low, lowRemovableAtMs } = reader;
  const nowMs = deps.system.now();
  const isRecent = reader.storedLowAtMs !== undefined && nowMs - reader.storedLowAtMs < timing.lowEveryMs;
  if (isRecent || low === undefined || lowRemovableAtMs === undefined || low <= reader.storedLow) return;
  await deps.leases.raiseLow(pull.chain.id, reader.shard, low, lowRemovableAtMs);
  reader.storedLow = low;
  reader.storedLowAtMs = nowMs;
}
