import { positionsOf, heldOf, without } from '../../../lib/core/group/holds.ts';
import { type Hold, type Lease, UNRECEIVED } from '../../../lib/core/ports/lease-table.ts';
import { msAfter } from '../../../lib/core/time.ts';
import type { Ports } from '../surroundings.ts';
import type { Planted } from './planted.ts';
import { oftenIdle, redeliversOften, withCast } from './profiles.ts';

const withLeases = (ports: Ports, changed: Partial<Ports['leases']>): Ports => ({ ...ports, leases: { ...ports.leases, ...changed } });

/** Holds that this write adds to the lease as it is stored. */
async function addedHolds({ leases }: Ports, lease: Lease): Promise<readonly Hold[]> {
  const stored = await leases.readLease(lease);
  return lease.holds.filter(({ leaseId }) => !stored?.holds.some((hold) => hold.leaseId === leaseId));
}

/** What a claim, a take and a settle rely on. */
export const brokenLeases: Readonly<Record<string, Planted>> = {
  claimWithoutCondition: {
    rule: 'a lease is put only if none is there',
    table: (table) => ({
      ...table,
      put: (item, condition) => table.put(item, item.pk.startsWith('c/') && condition?.kind === 'itemAbsent' ? undefined : condition),
    }),
  },
  takeWithoutCondition: {
    rule: 'a take lands only if nobody wrote the lease since it was read',
    profile: redeliversOften,
    table: (table) => ({
      ...table,
      put: (item, condition) => table.put(item, item.pk.startsWith('c/') && condition?.kind === 'equals' ? undefined : condition),
    }),
  },
  claimBehindTheEnd: {
    rule: "a claim's key is the chain's end (B9)",
    ports: (ports, system) => withLeases(ports, {
      putLease(lease) {
        const skips = lease.end - lease.first > 1 && system.random() < 0.2;
        if (!skips) return ports.leases.putLease(lease);
        const holds = lease.holds.map((hold) => ({ ...hold, held: heldOf(positionsOf(hold.held).filter((at) => at > 0).map((at) => at - 1)) }));
        return ports.leases.putLease({ ...lease, first: lease.first + 1, holds });
      },
    }),
  },
  endRememberedForEver: {
    rule: "a chain's end seen long ago is read again",
    profile: oftenIdle,
    timing: { chainEndHintMs: Number.MAX_SAFE_INTEGER },
    ports: (ports) => withLeases(ports, {
      putLease: (lease) => ports.leases.putLease({ ...lease, removableAtMs: msAfter(lease.bornAtMs, 3_600_000) }),
    }),
  },
  leaseGoneTooSoon: {
    rule: 'a lease outlives its messages by a day (B3)',
    profile: (profile) => ({ ...profile, pauseMs: { min: 1000, max: 60_000 }, rates: { ...profile.rates, expiryLatenessMsMax: 0 } }),
    ports: (ports) => withLeases(ports, {
      putLease: (lease) => ports.leases.putLease({ ...lease, removableAtMs: msAfter(lease.bornAtMs, 5000) }),
    }),
  },
  takeWithoutSkewBound: {
    rule: 'what is held is taken only 200 ms after its due time (B6)',
    profile: (profile) => ({
      ...redeliversOften(profile), cast: new Map([['sender', 1], ['consumer', 8]]), receives: [3, 10], paddings: [0], pauseMs: { min: 5, max: 1000 }, hasArchive: false,
      instances: 5, operations: 40, rates: { ...profile.rates, clockSkewMs: 200 },
    }),
    timing: { clockSkewMs: 0 },
  },
  leaseOverGap: {
    rule: 'a gap at the front gets a strong read before it is taken for expired (B7)',
    profile: (profile) => ({
      ...withCast(profile, { sender: 5, consumer: 4 }), batches: [1], pauseMs: { min: 1, max: 200 }, operations: 30, hasArchive: false,
      rates: { ...profile.rates, staleReads: 0.9, staleMsMax: 1000 },
    }),
    ports: (ports) => ({ ...ports, log: { ...ports.log, listSegments: (range) => ports.log.listSegments({ ...range, consistent: false }) } }),
  },
  oneIdForPartialTake: {
    rule: 'a take moves only what it asks for to its new id (B10)',
    profile: redeliversOften,
    ports: (ports) => withLeases(ports, {
      async replaceLease(lease, seenWriteId) {
        const [taken] = await addedHolds(ports, lease);
        const isTake = taken && taken.receiveCount > 1 && !taken.leaseId.includes('~');
        if (!isTake) return ports.leases.replaceLease(lease, seenWriteId);
        const all = lease.holds.filter(({ leaseId }) => leaseId !== UNRECEIVED).flatMap(({ held }) => positionsOf(held)).toSorted((a, b) => a - b);
        const holds = [...lease.holds.filter(({ leaseId }) => leaseId === UNRECEIVED), { ...taken, held: heldOf(all) }];
        return ports.leases.replaceLease({ ...lease, holds }, seenWriteId);
      },
    }),
  },
  settleWithoutLeaseId: {
    rule: 'a settle removes only what its own lease id holds',
    profile: redeliversOften,
    ports: (ports) => withLeases(ports, {
      async settleLease({ key, held, writeId }) {
        const before = await ports.leases.readLease(key);
        if (!before) return { kind: 'refused', before };
        const holds = without(before.holds, () => true, new Set(positionsOf(held)));
        const { kind } = await ports.leases.replaceLease({ ...before, holds, writeId }, before.writeId);
        return { kind, before: { ...before, holds } };
      },
    }),
  },
  receiveCountNotRaised: {
    rule: 'each take raises the receive count',
    profile: redeliversOften,
    ports: (ports) => withLeases(ports, {
      async replaceLease(lease, seenWriteId) {
        const added = new Set((await addedHolds(ports, lease)).map(({ leaseId }) => leaseId));
        const holds = lease.holds.map((hold) => (added.has(hold.leaseId) && hold.receiveCount > 1 ? { ...hold, receiveCount: hold.receiveCount - 1 } : hold));
        return ports.leases.replaceLease({ ...lease, holds }, seenWriteId);
      },
    }),
  },
  alarmGoesWithTake: {
    rule: 'the alarm that led to a take stays and looks after what was taken',
    profile: redeliversOften,
    ports: (ports) => withLeases(ports, {
      async replaceLease(lease, seenWriteId) {
        const put = await ports.leases.replaceLease(lease, seenWriteId);
        if (lease.alarmDueAtMs !== undefined) await ports.leases.deleteAlarm({ ...lease, dueAtMs: lease.alarmDueAtMs });
        return put;
      },
    }),
  },
  passWithoutAlarm: {
    rule: 'the sweep sets an alarm before it passes a lease that is not settled',
    ports: (ports) => withLeases(ports, {
      async putAlarm(alarm) { if (alarm.delayedCount > 0) await ports.leases.putAlarm(alarm); },
    }),
  },
  ageWithoutTake: {
    rule: 'what is past its age is taken, too, before it is moved (B11)',
    profile: (profile) => ({
      ...withCast(profile, { ageHousekeeper: 6, sender: 4, consumer: 0 }), pauseMs: { min: 1000, max: 20_000 }, maxReceiveCount: undefined, maxAgeSeconds: 60,
      settings: { ...profile.settings, retentionSeconds: 345_600 }, rates: { ...profile.rates, ...withoutFaults },
    }),
    ports: (ports) => withLeases(ports, {
      async putLease(lease) {
        const put = await ports.leases.putLease(lease);
        const isMovers = lease.holds.some(({ leaseId, receiveCount }) => leaseId !== '0' && receiveCount === 0);
        return isMovers ? { kind: 'landed' } : put;
      },
    }),
  },
  deadLetterWithoutTake: {
    rule: 'a message on its way to the dead-letter queue is taken first (B11)',
    profile: (profile) => ({ ...redeliversOften(profile), maxReceiveCount: 1, rates: { ...profile.rates, ...withoutFaults } }),
    ports: (ports) => withLeases(ports, {
      async replaceLease(lease, seenWriteId) {
        const added = await addedHolds(ports, lease);
        const stored = await ports.leases.readLease(lease);
        const put = await ports.leases.replaceLease(lease, seenWriteId);
        const isMove = added.some((hold) => stored?.holds.some(({ receiveCount }) => receiveCount === hold.receiveCount) && !hold.leaseId.includes('~'));
        return isMove ? { kind: 'landed' } : put;
      },
    }),
  },
};

const withoutFaults = {
  diesBefore: 0, diesAfter: 0, lostRequest: 0, lostReply: 0, lateLanding: 0, throttled: 0, frozenBefore: 0, frozenAfter: 0, objectPutFails: 0,
};

