import type { Claimed } from '../../../lib/core/group/claim.ts';
import type { Hold, Lease } from '../../../lib/core/ports/lease-table.ts';
import type { Segment } from '../../../lib/core/ports/log-table.ts';
import { type EpochMs, epochMs } from '../../../lib/core/time.ts';

/** Parts of the storage protocol for tests of pure functions: each with what the test does not care about. */
export const START_MS = epochMs(1_700_000_000_000);

export const holdOf = (hold: Partial<Hold> = {}): Hold => ({
  leaseId: 'x', held: { kind: 'set', positions: [0] }, dueAtMs: START_MS, receiveCount: 1, firstReceivedAtMs: START_MS, ...hold,
});

export const leaseOf = (lease: Partial<Lease> = {}): Lease => ({
  chain: 'chain', shard: 'shard', first: 0, end: 1, segmentBase: 0, endBase: 1, bornAtMs: START_MS, ageMs: 0,
  holds: [holdOf()], deadLettered: [], writeId: 'w', removableAtMs: START_MS, ...lease,
});

export const segmentOf = (segment: Partial<Segment> = {}): Segment => ({
  log: 'log', shard: 'shard', base: 0, count: 1, enqueuedAtMs: START_MS, appendId: 'a', retentionSeconds: 60,
  removableAtMs: START_MS, body: { kind: 'inline', packed: new Uint8Array() }, ...segment,
});

export const messageDueAt = (dueAtMs?: EpochMs) =>
  ({ body: { kind: 'text', text: '' } as const, attributes: {}, tags: [], ...(dueAtMs === undefined ? {} : { dueAtMs }) });

/** A claim of a message that had waited so long. */
export const claimedAtAge = (ageMs: number): Claimed => ({
  deliverables: [{ lease: leaseOf({ ageMs }), hold: holdOf(), segment: segmentOf(), content: messageDueAt(), position: 0 }],
  lostToAgeMs: undefined, seenAgeMs: undefined,
});

export const lostToAge = (lostToAgeMs: number): Claimed => ({ deliverables: [], lostToAgeMs, seenAgeMs: undefined });
