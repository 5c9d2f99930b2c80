import type { Deps } from '../deps.ts';
import { chainEnd } from '../group/claim.ts';
import { alarmName } from '../group/alarm.ts';
import { lookAtMs } from '../group/due-alarms.ts';
import { readPoint } from '../group/pass-over.ts';
import { boundFor, type Pull } from '../group/pull.ts';
import { pullFor } from '../group/receive.ts';
import { readerMemory, type ReaderMemory, shardReader, type ShardReader } from '../group/reader-memory.ts';
import { chainsInForce, type Served, servedOf, shardsToRead } from '../group/served-chains.ts';
import { isArchivedFrom } from '../log/history.ts';
import { endOf, isSeal, outlivesTable } from '../log/segment.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { historySeconds } from '../queue.ts';
import { viewOf } from '../queue/view.ts';
import { logOf } from '../subscription.ts';
import { earliest, type EpochMs, latest } from '../time.ts';
import { timing } from '../timing.ts';

/** What a subscription has that its runner has not seen yet, or is to see later. */
export type Left =
  /** Something that was published. An ordinary look, which reads eventually, may need a moment to see it. */
  | { readonly kind: 'unread' }
  | { readonly kind: 'due'; readonly atMs: EpochMs }
  | { readonly kind: 'nothing' };

/** With so many alarms at a time that were looked at in vain, the next look is due soon anyway. */
const ALARMS_READ = 100;

/**
 * Look, by strong reads, for what is left to do. Everything that was published before this began is found, so
 * that no wake is lost by a read that lags behind it; it costs a read for the view, and for each shard. The first
 * alarm says when something falls due.
 */
export async function whatIsLeft(deps: Deps, incarnation: string): Promise<Left> {
  const view = await viewOf(deps, incarnation, 0);
  if (!view) return { kind: 'nothing' };
  const nowMs = deps.system.now();
  const chains = chainsInForce(view.group, nowMs);
  // Between a purge, or a rewind, and its effect.
  const effect = nowMs < view.group.effectiveAtMs ? [view.group.effectiveAtMs] : [];
  const parts = await Promise.all((chains ? servedOf(chains) : []).map((served) => leftInChain(deps, view, served)));
  if (parts.some(({ isUnread }) => isUnread)) return { kind: 'unread' };
  const dues = [...effect, ...parts.flatMap(({ dueAtMs }) => (dueAtMs === undefined ? [] : [dueAtMs]))];
  return dues.length === 0 ? { kind: 'nothing' } : { kind: 'due', atMs: earliest(...dues) };
}

interface LeftInChain {
  readonly isUnread: boolean;
  readonly dueAtMs: EpochMs | undefined;
}

async function leftInChain(deps: Deps, view: QueueView, served: Served): Promise<LeftInChain> {
  const memory = deps.memory.readers.getOrPut(served.chain.id, readerMemory);
  const pull = await pullFor(deps, view, served, memory, { visibilityMs: timing.pushHoldMs, answerBytesMax: 0 });
  if (!pull) return { isUnread: false, dueAtMs: undefined };
  const shards = await shardsToRead(deps, memory, view, served);
  const unread = await Promise.all(shards.map((shard) => hasUnread(deps, pull, memory, shard)));
  const isUnread = unread.includes(true);
  return { isUnread, dueAtMs: isUnread ? undefined : await firstDue(deps, memory, served) };
}

/** A segment behind what this chain has leased. */
async function hasUnread(deps: Deps, pull: Pull, memory: ReaderMemory, shard: string): Promise<boolean> {
  const reader = shardReader(memory, shard);
  // Behind what was passed over, since none of it is for this subscription.
  const next = readPoint(reader, await chainEnd(deps, pull, reader));
  if (next.offset >= Math.min(boundFor(pull, shard), reader.sealedAt ?? Number.MAX_SAFE_INTEGER)) return false;
  const key = { log: logOf(pull.incarnation), shard };
  const [segment] = await deps.log.listSegments({ ...key, from: next.base, limit: 1, consistent: true });
  if (segment) return !isSeal(segment) && endOf(segment) > next.offset && segment.base < boundFor(pull, shard);
  return outlivesTable(historySeconds(pull.settings)) && isArchivedFrom(deps, key, next.offset);
}

/** When it is worth looking at the alarms again: one that was looked at in vain is left alone for a moment. */
async function firstDue(deps: Deps, memory: ReaderMemory, { chain, side }: Served): Promise<EpochMs | undefined> {
  const alarms = await deps.leases.listAlarms({ chain: chain.id, ...(side ? {} : { parked: 'too' }), limit: ALARMS_READ, consistent: true });
  const looks = alarms.map((alarm) => latest(lookAtMs(alarm), memory.quietAlarms.get(alarmName(alarm))?.untilMs ?? lookAtMs(alarm)));
  return looks.length === 0 ? undefined : earliest(...looks);
}

/**
 * Has the cursor looked at every lease that is old enough for it? Then what a dead runner held, and let fall due
 * by now, has its alarm.
 */
export async function isSwept(deps: Deps, incarnation: string): Promise<boolean> {
  const view = await viewOf(deps, incarnation, timing.groupAgeMs);
  const nowMs = deps.system.now();
  const chains = view && chainsInForce(view.group, nowMs);
  if (!view || !chains) return true;
  const perChain = await Promise.all(servedOf(chains).map(async (served) => {
    const memory = deps.memory.readers.getOrPut(served.chain.id, readerMemory);
    const shards = await shardsToRead(deps, memory, view, served);
    return shards.map((shard) => shardReader(memory, shard)).every((reader) => isPassed(reader, nowMs));
  }));
  return perChain.every(Boolean);
}

const isPassed = ({ low, next, sweepAtMs }: ShardReader, nowMs: EpochMs): boolean =>
  low !== undefined && next !== undefined && (low >= next.offset || (sweepAtMs !== undefined && sweepAtMs > nowMs));
