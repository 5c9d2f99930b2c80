import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { endOf } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { Alarm, Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { type EpochMs, epochMs } from '../time.ts';
import { leaseOfDelayed } from './materialise.ts';
import { messagesOf } from './lease-messages.ts';
import type { Located } from './message-state.ts';
import { readableContents, readLog } from './read-log.ts';

/**
 * Every place where an unsettled message may be, in an order that a cursor can go on from: the leases
 * that the sweep has not passed yet, the leases that alarms look after, and the log behind the chain.
 */
export type Source = 'leases' | 'alarms' | 'log';

export interface PeekPlace {
  readonly located: Located;
  readonly offset: Offset;
  /** Begins with this place. */
  readonly cursor: string;
}

/** `dueAtMs` for alarms only. */
interface Cursor {
  readonly source: Source;
  readonly shard: string;
  readonly offset: Offset;
  readonly dueAtMs: EpochMs;
  readonly first: Offset;
}

const cursorText = ({ source, shard, offset, dueAtMs, first }: Cursor): string => `${source}.${shard}.${offset}.${dueAtMs}.${first}`;

/** @throws CallerError `malformedRequest` */
export function parseCursor(text: string): Cursor {
  const [, source, shard, offset, dueAtMs, first] = /^(leases|alarms|log)\.([0-9a-zA-Z]+)\.(\d{1,16})\.(\d{1,15})\.(\d{1,16})$/.exec(text) ?? [];
  const isSource = source === 'leases' || source === 'alarms' || source === 'log';
  if (!isSource || !shard) {
    throw new CallerError('malformedRequest', 'cursor: not one that a page before answered', { field: 'cursor' });
  }
  return { source, shard, offset: Number(offset), dueAtMs: epochMs(Number(dueAtMs)), first: Number(first) };
}

/** Leases and segments read at a time. */
const PAGE = 50;

export async function* placesFrom(
  deps: Deps, view: QueueView, shards: readonly string[], sources: readonly Source[], start: Cursor | undefined,
): AsyncGenerator<PeekPlace> {
  const lows = new Map(await Promise.all(shards.map(async (shard): Promise<[string, Offset]> =>
    [shard, Math.max(view.group.chain.starts[shard] ?? 0, await deps.leases.readLow(view.group.chain.id, shard))])));
  const from = start ? sources.indexOf(start.source) : 0;
  for (const source of sources.slice(Math.max(0, from))) {
    const resume = start?.source === source ? start : undefined;
    if (source === 'alarms') yield* alarmed(deps, view, lows, resume);
    else yield* alongShards(deps, view, shards, lows, source, resume);
  }
}

async function* alongShards(
  deps: Deps, view: QueueView, shards: readonly string[], lows: ReadonlyMap<string, Offset>, source: 'leases' | 'log', resume: Cursor | undefined,
): AsyncGenerator<PeekPlace> {
  const begin = resume ? Math.max(0, shards.indexOf(resume.shard)) : 0;
  for (const [at, shard] of shards.slice(begin).entries()) {
    const from = at === 0 ? resume : undefined;
    yield* source === 'leases' ? leased(deps, view, shard, lows.get(shard) ?? 0, from) : unleased(deps, view, shard, from);
  }
}

async function* leased(deps: Deps, view: QueueView, shard: string, low: Offset, resume: Cursor | undefined): AsyncGenerator<PeekPlace> {
  let from = resume?.first ?? low;
  for (;;) {
    const leases = await deps.leases.listLeases({ chain: view.group.chain.id, shard, from, limit: PAGE, consistent: true });
    for (const lease of leases) yield* placesOf(deps, view, lease, { source: 'leases', dueAtMs: epochMs(0) }, resume);
    const last = leases[leases.length - 1];
    if (!last || leases.length < PAGE) return;
    from = last.end;
  }
}

async function* alarmed(deps: Deps, view: QueueView, lows: ReadonlyMap<string, Offset>, resume: Cursor | undefined): AsyncGenerator<PeekPlace> {
  const chain = view.group.chain.id;
  const seen = new Set<string>();
  let after: Alarm | undefined;
  for (;;) {
    const alarms: readonly Alarm[] = await deps.leases.listAlarms({
      chain, limit: PAGE, ...(after ? { after } : {}), ...(resume && !after ? { fromMs: resume.dueAtMs } : {}),
    });
    for (const alarm of alarms) {
      const name = `${alarm.shard} ${alarm.first}`;
      const low = lows.get(alarm.shard);
      // The leases behind the sweep were seen already, and a lease may have several alarms.
      const isSeen = seen.has(name) || (low !== undefined && alarm.first >= low);
      seen.add(name);
      if (!isSeen) yield* alarmedLease(deps, view, alarm, resume);
    }
    after = alarms[alarms.length - 1];
    if (!after || alarms.length < PAGE) return;
  }
}

async function* alarmedLease(deps: Deps, view: QueueView, alarm: Alarm, resume: Cursor | undefined): AsyncGenerator<PeekPlace> {
  const { incarnation } = view.definition;
  const lease = await deps.leases.readLease(alarm)
    ?? (alarm.delayedCount > 0 ? (await leaseOfDelayed(deps, { incarnation, chain: view.group.chain }, alarm))?.lease : undefined);
  if (lease) yield* placesOf(deps, view, lease, { source: 'alarms', dueAtMs: alarm.dueAtMs }, resume);
}

async function* placesOf(
  deps: Deps, view: QueueView, lease: Lease, from: Pick<Cursor, 'source' | 'dueAtMs'>, resume: Cursor | undefined,
): AsyncGenerator<PeekPlace> {
  if (lease.holds.length === 0) return;
  const isResumed = resume?.shard === lease.shard && resume.first === lease.first;
  const { found } = await messagesOf(deps, view.definition.incarnation, lease);
  for (const [position, message] of [...found].toSorted(([a], [b]) => a - b)) {
    const offset = lease.first + position;
    if (isResumed && offset < resume.offset) continue;
    yield {
      located: { ...message, lease, position }, offset,
      cursor: cursorText({ ...from, shard: lease.shard, offset, first: lease.first }),
    };
  }
}

async function* unleased(deps: Deps, view: QueueView, shard: string, resume: Cursor | undefined): AsyncGenerator<PeekPlace> {
  const { group: { chain }, definition: { incarnation: log, settings } } = view;
  const last = await deps.leases.lastLease(chain.id, shard);
  const end = last?.end ?? chain.starts[shard] ?? 0;
  let from = { offset: Math.max(end, resume?.offset ?? 0), base: resume?.first ?? last?.endBase ?? end };
  for (;;) {
    const { segments } = await readLog(deps, { log, shard, settings }, from, PAGE);
    for (const segment of segments) yield* placesIn(segment, await readableContents(deps, segment) ?? [], from.offset);
    const lastRead = segments[segments.length - 1];
    // From the archive come as many as lie together.
    const isFromTable = lastRead?.body.kind === 'inline' || lastRead?.body.kind === 'object';
    if (!lastRead || (isFromTable && segments.length < PAGE)) return;
    from = { offset: endOf(lastRead), base: endOf(lastRead) };
  }
}

function* placesIn(segment: Segment, contents: readonly MessageContent[], from: Offset): Generator<PeekPlace> {
  for (const [position, content] of contents.entries()) {
    const offset = segment.base + position;
    if (offset < from) continue;
    const cursor = cursorText({ source: 'log', shard: segment.shard, offset, dueAtMs: epochMs(0), first: segment.base });
    yield { located: { segment, content, lease: undefined, position }, offset, cursor };
  }
}
