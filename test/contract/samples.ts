import type { ArchiveManifest } from '../../lib/core/ports/archive-table.ts';
import type { Alarm, Hold, Lease } from '../../lib/core/ports/lease-table.ts';
import type { Segment } from '../../lib/core/ports/log-table.ts';
import { epochMs, msAfter } from '../../lib/core/time.ts';
import { system } from '../../lib/platform/system.ts';

/** Domain values as the contracts put them: fresh ids, and whole seconds where a table keeps seconds. */
export const nowMs = epochMs(1_700_000_000_123);
export const removableAtMs = epochMs(1_900_000_000_000);
export const id = (): string => system.newId();

export const segmentOf = (more: Partial<Segment> = {}): Segment => ({
  log: id(), shard: id(), base: 0, count: 3, enqueuedAtMs: nowMs, appendId: id(), retentionSeconds: 345_600, removableAtMs,
  body: { kind: 'inline', packed: Uint8Array.of(0, 1, 2) }, ...more,
});

export const manifestOf = (more: Partial<ArchiveManifest> = {}): ArchiveManifest => ({
  log: id(), shard: id(), first: 0, end: 1000, objectKey: `archive/31d/queue=orders/hour=2023-11-14T22/${id()}-0.parquet`, objectBytes: 70_000,
  footerBytes: 1234, firstEnqueuedAtMs: nowMs, lastEnqueuedAtMs: msAfter(nowMs, 9), historyEndsAtMs: msAfter(nowMs, 99), removableAtMs, ...more,
});

export const holdOf = (leaseId: string, held: Hold['held']): Hold => ({
  leaseId, held, dueAtMs: msAfter(nowMs, 30_000), receiveCount: 2, firstReceivedAtMs: nowMs,
});

export const wholly = { kind: 'range', from: 0, end: 10 } as const;
export const some = (...positions: number[]) => ({ kind: 'set', positions }) as const;

export const leaseOf = (more: Partial<Lease> = {}): Lease => ({
  chain: id(), shard: id(), first: 7, end: 17, segmentBase: 5, endBase: 15, bornAtMs: nowMs, ageMs: 12, writeId: id(),
  holds: [holdOf('x1', wholly)], deadLettered: [], removableAtMs, ...more,
});

export const alarmOf = (more: Partial<Alarm> = {}): Alarm => ({
  chain: id(), dueAtMs: nowMs, shard: id(), first: 3, delayedCount: 0, setAtMs: nowMs, writeId: id(), removableAtMs, ...more,
});
