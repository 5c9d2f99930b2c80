import type { Deps } from '../deps.ts';
import { segmentWith } from '../log/history.ts';
import { endOf } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { Alarm, AlarmKey, Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { epochMs } from '../time.ts';
import { below } from './holds.ts';
import { leaseOfDelayed } from './materialise.ts';
import { messagesOf } from './lease-messages.ts';
import type { Located } from './message-state.ts';
import { cursorText, type PeekCursor, type Source } from './peek-cursor.ts';
import { type Peeked, peekedChain } from './peeked-chain.ts';
import { readableContents, readLog } from './read-log.ts';
import { chainsInForce, servedOf } from './served-chains.ts';

/** A message that may be unsettled; or, without one, messages that a selection has passed over. */
export interface PeekPlace {
  readonly located?: Located;
  readonly offset: Offset;
  /** Messages looked at to come here. */
  readonly looked: number;
  /** Begins with this place. */
  readonly cursor: string;
}

/** Which sources of each chain, and of the log whether only messages that were delayed. */
export interface PeekSources {
  readonly sources: readonly Source[];
  readonly isForDelayed: boolean;
}

/** Leases and segments read at a time. */
const PAGE = 50;

/** Every place where an unsettled message may be, chain by chain, in an order that a cursor can go on from. */
export async function* placesFrom(deps: Deps, view: QueueView, wanted: PeekSources, start: PeekCursor | undefined): AsyncGenerator<PeekPlace> {
  const chains = servedOf(chainsInForce(view.group, deps.system.now()) ?? view.group);
  // Of a chain that is finished or rewound since, nothing is left: what is there now is seen from its beginning.
  const at = start?.chain === undefined ? 0 : Math.max(0, chains.findIndex(({ chain }) => chain.id === start.chain));
  for (const [index, served] of chains.entries()) {
    if (index < at) continue;
    const isResumed = start?.chain === undefined ? index === 0 : served.chain.id === start.chain;
    const peeked = await peekedChain(deps, view, served);
    if (peeked) yield* placesOfChain(peeked, wanted, isResumed ? start : undefined);
  }
}

async function* placesOfChain(peeked: Peeked, { sources, isForDelayed }: PeekSources, start: PeekCursor | undefined): AsyncGenerator<PeekPlace> {
  const from = start ? sources.indexOf(start.source) : 0;
  for (const source of sources.slice(Math.max(0, from))) {
    const resume = start?.source === source ? start : undefined;
    const shards = source === 'log' && isForDelayed ? peeked.shards.filter((shard) => peeked.ofDelayed.has(shard)) : peeked.shards;
    if (source === 'leases') yield* alongShards(peeked, shards, leased, resume);
    else if (source === 'log') yield* alongShards(peeked, shards, unleased, resume);
    else if (source === 'alarms' || peeked.isMain) yield* alarmed(peeked, source === 'parked', resume);
  }
}

type Along = (peeked: Peeked, shard: string, resume: PeekCursor | undefined) => AsyncGenerator<PeekPlace>;

async function* alongShards(peeked: Peeked, shards: readonly string[], along: Along, resume: PeekCursor | undefined): AsyncGenerator<PeekPlace> {
  const begin = resume ? Math.max(0, shards.indexOf(resume.shard)) : 0;
  for (const [at, shard] of shards.slice(begin).entries()) yield* along(peeked, shard, at === 0 ? resume : undefined);
}

async function* leased(peeked: Peeked, shard: string, resume: PeekCursor | undefined): AsyncGenerator<PeekPlace> {
  const { deps, chain } = peeked;
  let from = resume?.first ?? peeked.lows.get(shard) ?? 0;
  for (;;) {
    const leases = await deps.leases.listLeases({ chain: chain.id, shard, from, limit: PAGE, consistent: true });
    for (const lease of leases) yield* placesOf(peeked, lease, { source: 'leases', dueAtMs: epochMs(0) }, resume);
    const last = leases[leases.length - 1];
    if (!last || leases.length < PAGE) return;
    from = last.end;
  }
}

/**
 * Those put aside come before all others, and only the main chain's count: of a chain beside it they are
 * of what lies above its bound.
 */
async function* alarmed(peeked: Peeked, areParked: boolean, resume: PeekCursor | undefined): AsyncGenerator<PeekPlace> {
  const { deps, chain, lows } = peeked;
  const seen = new Set<string>();
  const from: AlarmKey | undefined = resume && { chain: chain.id, dueAtMs: resume.dueAtMs, shard: resume.shard, first: resume.first, isParked: areParked };
  let after: Alarm | undefined;
  for (;;) {
    const page: readonly Alarm[] = await deps.leases.listAlarms({
      chain: chain.id, limit: PAGE, ...(areParked ? { parked: 'too' } : {}), ...(from ? { from } : {}), ...(after ? { after } : {}),
    });
    const alarms = page.filter(({ isParked = false }) => isParked === areParked);
    for (const alarm of alarms) {
      const name = `${alarm.shard} ${alarm.first}`;
      const low = lows.get(alarm.shard);
      // The leases behind the sweep were seen already, and a lease may have several alarms.
      const isSeen = seen.has(name) || (low !== undefined && alarm.first >= low) || alarm.first >= peeked.boundOf(alarm.shard);
      seen.add(name);
      if (!isSeen) yield* alarmedLease(peeked, alarm, resume);
    }
    after = page[page.length - 1];
    if (!after || page.length < PAGE || alarms.length < page.length) return;
  }
}

async function* alarmedLease(peeked: Peeked, alarm: Alarm, resume: PeekCursor | undefined): AsyncGenerator<PeekPlace> {
  const { deps, chain, log: incarnation } = peeked;
  const lease = await deps.leases.readLease(alarm)
    ?? (alarm.delayedCount > 0 ? (await leaseOfDelayed(deps, { incarnation, chain }, alarm))?.lease : undefined);
  const source = alarm.isParked ? 'parked' : 'alarms';
  if (lease) yield* placesOf(peeked, lease, { source, dueAtMs: alarm.dueAtMs }, resume);
}

async function* placesOf(
  peeked: Peeked, whole: Lease, from: Pick<PeekCursor, 'source' | 'dueAtMs'>, resume: PeekCursor | undefined,
): AsyncGenerator<PeekPlace> {
  const { deps, log, chain } = peeked;
  const lease = below(whole, peeked.boundOf(whole.shard));
  if (lease.holds.length === 0) return;
  const isResumed = resume?.shard === lease.shard && resume.first === lease.first;
  const { found } = await messagesOf(deps, log, lease);
  for (const [position, message] of [...found].toSorted(([a], [b]) => a - b)) {
    const offset = lease.first + position;
    if (isResumed && offset < resume.offset) continue;
    yield {
      located: { ...message, lease, position }, offset, looked: 1,
      cursor: cursorText({ ...from, shard: lease.shard, offset, first: lease.first, chain: chain.id }),
    };
  }
}

async function* unleased(peeked: Peeked, shard: string, resume: PeekCursor | undefined): AsyncGenerator<PeekPlace> {
  const { deps, log, chain, settings, membership } = peeked;
  const bound = peeked.boundOf(shard);
  const last = await deps.leases.lastLease(chain.id, shard);
  const end = last?.end ?? chain.starts[shard] ?? 0;
  let from = { offset: Math.max(end, resume?.offset ?? 0), base: resume?.first ?? last?.endBase ?? await baseAt(peeked, shard, end) };
  while (from.offset < bound) {
    const { segments } = await readLog(deps, { log, shard, settings }, from, PAGE);
    for (const segment of segments) {
      // Whose it is, whoever stood still since it read the filter does not know.
      if (membership && segment.enqueuedAtMs >= membership.knownUntilMs) return;
      if (segment.base < bound) yield* placesIn(peeked, segment, await readableContents(deps, segment) ?? [], { from: from.offset, bound });
    }
    const lastRead = segments[segments.length - 1];
    // From the archive come as many as lie together.
    const isFromTable = lastRead?.body.kind === 'inline' || lastRead?.body.kind === 'object';
    if (!lastRead || (isFromTable && segments.length < PAGE)) return;
    from = { offset: endOf(lastRead), base: endOf(lastRead) };
  }
}

/** A chain may start in the middle of a segment. */
async function baseAt({ deps, log }: Peeked, shard: string, start: Offset): Promise<Offset> {
  return start === 0 ? 0 : (await segmentWith(deps, { log, shard }, start))?.base ?? start;
}

async function* placesIn(
  { chain, admits, membership }: Peeked, segment: Segment, contents: readonly MessageContent[], { from, bound }: { readonly from: Offset; readonly bound: Offset },
): AsyncGenerator<PeekPlace> {
  const isAdmitted = await admits?.(segment, contents);
  let looked = 0;
  for (const [position, content] of contents.entries()) {
    const offset = segment.base + position;
    if (offset < from || offset >= bound) continue;
    looked += 1;
    const isOver = (isAdmitted?.(position) ?? 'yes') !== 'yes' || membership?.has(segment, content) === false;
    if (isOver && offset + 1 < Math.min(bound, endOf(segment))) continue;
    const cursor = cursorText({ source: 'log', shard: segment.shard, offset, dueAtMs: epochMs(0), first: segment.base, chain: chain.id });
    yield { offset, cursor, looked, ...(isOver ? {} : { located: { segment, content, lease: undefined, position } }) };
    looked = 0;
  }
}
