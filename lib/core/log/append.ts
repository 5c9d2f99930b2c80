import type { Deps } from '../deps.ts';
import { StoreUnavailable } from '../errors.ts';
import type { MessageContent } from '../message.ts';
import type { Put } from '../ports/conditional.ts';
import type { Segment, SegmentBody } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { inLine, rememberContents } from '../process-memory.ts';
import type { SegmentSummary } from '../segment-summary.ts';
import { type EpochMs, latest } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import type { Lane } from './lane.ts';
import { endBehind, type LastInTable } from './history.ts';
import { laneMemory, type LaneMemory, type Tail } from './lane-memory.ts';
import { chooseShard, noteLanding, noteRefusal, wantsGrowth, wasRefusedWithin } from './shard-choice.ts';
import { endOf, isSeal, lastDue, objectNeededUntil, segmentObjectKey, segmentRemovableAt } from './segment.ts';

/** What one send hands to the log. */
export interface Append {
  readonly appendId: string;
  readonly messages: readonly MessageContent[];
  /** Enqueue time, unless the shard's last is later; absent: when it is put. */
  readonly acceptedAtMs?: EpochMs | undefined;
  readonly retentionSeconds: number;
  readonly inlineSegmentBytes: number;
  /** Of a topic's. */
  readonly summary?: SegmentSummary;
  readonly recipient?: string;
  readonly isPushed?: boolean;
  /** Called with each place before it is tried; may name another one that was already decided on. */
  readonly beforePut?: (target: AppendTarget) => Promise<AppendTarget | undefined>;
  /** Called with what is there when a place is known to be another's. */
  readonly afterRefusal?: (found: Segment) => Promise<void>;
}

export interface AppendTarget {
  readonly shard: string;
  readonly base: Offset;
}

interface Packed {
  readonly append: Append;
  readonly inline: Uint8Array | undefined;
  readonly objectKey: string | undefined;
  readonly packedBytes: number;
  readonly lastDueAtMs: EpochMs | undefined;
}

/**
 * Put the messages of one send at the end of one shard, all or none.
 *
 * The put goes to the tail only if nothing is there, so offsets are dense with no counter. Refused,
 * the item in the way says where the tail is now, or, being a seal, that the shard is closed. After
 * an attempt without a definite answer only the same key may be tried again: it may have landed
 * (storage-breaks.md B8).
 * @throws StoreUnavailable when the outcome is unknown or the tries are used up
 */
export async function appendToLog(deps: Deps, lane: Lane, append: Append): Promise<Segment> {
  const packed = await pack(deps, lane, append);
  for (let tries = 0; tries < bounds.appendTries; tries += 1) {
    const memory = deps.memory.lanes.getOrPut(lane.name, laneMemory);
    const shard = chooseShard(memory, lane.shards(), deps.system);
    const landed = await inLine(deps.memory, `append ${shard}`, () => tryShard(deps, lane, memory, shard, packed));
    if (landed) return landed;
    if (wantsGrowth(memory, lane.shards().length)) await lane.grow();
  }
  throw new StoreUnavailable(`no place in the log after ${bounds.appendTries} tries`, { outcome: 'refused' });
}

/** One put at the shard's tail. undefined: not there, choose again. */
async function tryShard(
  deps: Deps, lane: Lane, memory: LaneMemory, shard: string, packed: Packed,
): Promise<Segment | undefined> {
  const tail = await knownTail(deps, lane, memory, shard);
  if (tail === 'sealed') return undefined;
  if (isSilent(lane, shard, tail, deps.system.now())) {
    await lane.replaceSilent(shard, await endBehind(deps, { log: lane.log, shard }, asLast(tail)));
    memory.tails.delete(shard);
    return undefined;
  }
  const wished = { shard, base: tail.next };
  const target = await packed.append.beforePut?.(wished) ?? wished;
  const segment = segmentAtTarget(deps, lane, target, target.shard === shard ? tail.lastAtMs : undefined, packed);
  const put = await putUntilAnswered(deps, segment);
  if (put.kind === 'landed') {
    const landed = put.found ?? segment;
    noteLanding(memory);
    memory.tails.set(landed.shard, tailAfter(landed, deps.system.now()));
    // What an earlier try under the same id has put may differ in its due times.
    if (!put.found) rememberContents(deps.memory, landed, packed.append.messages, packed.packedBytes);
    return landed;
  }
  await packed.append.afterRefusal?.(put.found);
  await learn(deps, lane, memory, put.found);
  return undefined;
}

/** Seal met: the lane finishes it and takes the shard away. Otherwise the tail is behind the item found. */
async function learn(deps: Deps, lane: Lane, memory: LaneMemory, found: Segment): Promise<void> {
  if (isSeal(found)) {
    memory.tails.delete(found.shard);
    await lane.finishSeal(found);
    return;
  }
  memory.tails.set(found.shard, tailAfter(found, deps.system.now()));
  noteRefusal(memory, found.shard, lane.shards(), deps.system);
}

const tailAfter = (segment: Segment, nowMs: EpochMs): Tail =>
  ({ next: endOf(segment), lastAtMs: segment.enqueuedAtMs, seenAtMs: nowMs });

async function knownTail(deps: Deps, lane: Lane, memory: LaneMemory, shard: string): Promise<Tail | 'sealed'> {
  const nowMs = deps.system.now();
  const hint = memory.tails.get(shard);
  const trustMs = wasRefusedWithin(memory, timing.sharedForMs, nowMs) ? timing.sharedTailHintMs : timing.tailHintMs;
  if (hint && nowMs - hint.seenAtMs <= trustMs) return hint;

  const last = await deps.log.lastSegment({ log: lane.log, shard });
  if (last && isSeal(last)) {
    await lane.finishSeal(last);
    return 'sealed';
  }
  const tail: Tail = last ? tailAfter(last, nowMs) : { next: 0, lastAtMs: undefined, seenAtMs: nowMs };
  memory.tails.set(shard, tail);
  return tail;
}

/** Silent for long, or empty and not new: once TTL has emptied it its offsets would begin again (B1). */
function isSilent(lane: Lane, shard: string, tail: Tail, nowMs: EpochMs): boolean {
  const bornAtMs = lane.shards().find(({ id }) => id === shard)?.bornAtMs;
  const lastAtMs = tail.lastAtMs ?? bornAtMs;
  return lastAtMs !== undefined && nowMs - lastAtMs > timing.shardSilenceMs;
}

const asLast = ({ next, lastAtMs }: Tail): LastInTable | undefined =>
  (lastAtMs === undefined ? undefined : { base: next, count: 0, enqueuedAtMs: lastAtMs });

/** The same put again while its outcome is unknown: the segment's own append id tells whether it landed. */
async function putUntilAnswered(deps: Deps, segment: Segment): Promise<Put<Segment>> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await deps.log.putSegment(segment);
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || tries >= bounds.unknownOutcomeTries) throw error;
      await deps.system.sleep(50 * 2 ** tries * (0.5 + deps.system.random()));
    }
  }
}

async function pack(deps: Deps, lane: Lane, append: Append): Promise<Packed> {
  const packed = deps.codec.pack(append.messages);
  const lastDueAtMs = lastDue(append.messages);
  const base = { append, packedBytes: packed.byteLength, lastDueAtMs };
  if (packed.byteLength <= append.inlineSegmentBytes) return { ...base, inline: packed, objectKey: undefined };
  const nowMs = deps.system.now();
  const objectKey = segmentObjectKey(lane.log, append.appendId, nowMs, objectNeededUntil(nowMs, lastDueAtMs, append.retentionSeconds));
  await deps.objects.putObject(objectKey, packed);
  return { ...base, inline: undefined, objectKey };
}

/** Enqueue time never goes back within a shard: a rewind searches by it. */
function segmentAtTarget(
  deps: Deps, lane: Lane, target: AppendTarget, lastAtMs: EpochMs | undefined, packed: Packed,
): Segment {
  const { append, lastDueAtMs } = packed;
  const atMs = append.acceptedAtMs ?? deps.system.now();
  const enqueuedAtMs = latest(atMs, lastAtMs ?? atMs);
  const body: SegmentBody = packed.objectKey === undefined
    ? { kind: 'inline', packed: packed.inline ?? new Uint8Array() }
    : { kind: 'object', objectKey: packed.objectKey, packedBytes: packed.packedBytes };
  return {
    log: lane.log, shard: target.shard, base: target.base, count: append.messages.length,
    enqueuedAtMs, appendId: append.appendId, retentionSeconds: append.retentionSeconds,
    ...(lastDueAtMs === undefined ? {} : { lastDueAtMs }),
    ...(append.summary ? { summary: append.summary } : {}),
    ...(append.recipient === undefined ? {} : { recipient: append.recipient }),
    ...(append.isPushed ? { isPushed: true } : {}),
    removableAtMs: segmentRemovableAt(enqueuedAtMs, lastDueAtMs, append.retentionSeconds),
    body,
  };
}
