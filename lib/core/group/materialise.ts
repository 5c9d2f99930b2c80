import type { Deps } from '../deps.ts';
import { segmentWith } from '../log/history.ts';
import { endOf, firstDue, leaseRemovableAt } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import { type Alarm, type Lease, UNRECEIVED } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import { logOf } from '../subscription.ts';
import type { LeaseMessages } from './lease-messages.ts';
import type { Pull } from './pull.ts';
import { heldOf } from './holds.ts';
import { contentsOf, readableContents } from './read-log.ts';

/** A lease that is not stored yet, with the messages it is made of. */
export interface Materialised {
  readonly lease: Lease;
  readonly messages: LeaseMessages;
}

/**
 * The lease of a delayed segment, as it is before anybody received a message of it. Delay shards have
 * no chain of leases: each segment gets its own, when its first message falls due or is cancelled.
 * It is not stored yet; whoever first takes or cancels puts it if absent.
 * undefined when the segment is not there (yet).
 */
export async function leaseOfDelayed(
  deps: Deps, pull: Pick<Pull, 'incarnation' | 'chain'>, alarm: Pick<Alarm, 'shard' | 'first' | 'dueAtMs'>,
): Promise<Materialised | undefined> {
  const segment = await segmentOf(deps, logOf(pull.incarnation), alarm, false) ?? await segmentOf(deps, logOf(pull.incarnation), alarm, true)
    ?? await segmentWith(deps, { log: logOf(pull.incarnation), shard: alarm.shard }, alarm.first);
  // In the middle of one begins the lease of a rewound chain: only that may be there.
  if (!segment || segment.count === 0 || segment.base !== alarm.first) return undefined;
  const contents = await readableContents(deps, segment);
  const positions = Array.from({ length: segment.count }, (_, position) => position);
  const messages: LeaseMessages = {
    found: new Map(contents?.map((content, position) => [position, { segment, content }])),
    unreadable: new Set(contents ? [] : positions),
  };
  return { lease: unreceivedOver(deps, pull.chain.id, segment, contents ?? [], alarm.dueAtMs), messages };
}

async function segmentOf(
  deps: Deps, log: string, { shard, first }: Pick<Alarm, 'shard' | 'first'>, consistent: boolean,
): Promise<Segment | undefined> {
  const [segment] = await deps.log.listSegments({ log, shard, from: first, before: first + 1, limit: 1, consistent });
  return segment;
}

/** A lease that nobody has received from: one hold of everything, due when its first message is. */
export const unreceivedLease = async (deps: Deps, chain: string, segment: Segment, alarmDueAtMs: Lease['alarmDueAtMs']): Promise<Lease> =>
  unreceivedOver(deps, chain, segment, await contentsOf(deps, segment), alarmDueAtMs);

function unreceivedOver(
  deps: Deps, chain: string, segment: Segment, contents: readonly MessageContent[], alarmDueAtMs: Lease['alarmDueAtMs'],
): Lease {
  const nowMs = deps.system.now();
  const positions = Array.from({ length: segment.count }, (_, position) => position);
  const dueAtMs = firstDue(contents) ?? segment.enqueuedAtMs;
  return {
    chain, shard: segment.shard, first: segment.base, end: endOf(segment), segmentBase: segment.base,
    endBase: endOf(segment), bornAtMs: nowMs, ageMs: 0,
    holds: [{ leaseId: UNRECEIVED, held: heldOf(positions), dueAtMs, receiveCount: 0, firstReceivedAtMs: nowMs }],
    deadLettered: [], writeId: NOT_STORED, removableAtMs: leaseRemovableAt(segment),
    ...(alarmDueAtMs === undefined ? {} : { alarmDueAtMs }),
  };
}

/** The write id of a lease that is only in memory. */
export const NOT_STORED = '';
