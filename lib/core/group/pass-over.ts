import type { Deps } from '../deps.ts';
import { endOf, leaseRemovableAt } from '../log/segment.ts';
import type { Segment } from '../ports/log-table.ts';
import { historySeconds } from '../queue.ts';
import type { Membership } from './membership.ts';
import type { Pull } from './pull.ts';
import { type LogRead, type ReadableShard, readableContents, readLog } from './read-log.ts';
import type { ReadPoint, ShardReader } from './reader-memory.ts';
import type { Stretch } from './stretch.ts';

/** So many messages passed over get an empty lease: it saves the next reader the way (storage.md, *Receive*). */
const NOTED_MESSAGES = 200;

/** Reads of one look; each goes eight times as far as the one before. */
const READS_MAX = 6;
const READ_STEP = 8;

/** Where to read on: behind the chain's end, as far as this process has seen that nothing is there for the group. */
export const readPoint = ({ passed }: ShardReader, next: ReadPoint): ReadPoint => (passed && passed.offset > next.offset ? passed : next);

/**
 * Leave aside what of a read is not for a filtered group, and read on until something is. The chain's end
 * stays where it is: the lease of what is found at last spans what was passed over.
 */
export async function passOver(deps: Deps, { membership, nowMs }: Pull, shard: ReadableShard, reader: ShardReader, first: LogRead): Promise<LogRead> {
  reader.isPassing = false;
  if (!membership || first.segments.length === 0) return first;
  let read = first;
  for (let reads = 1; ; reads += 1) {
    const rest = await restOf(deps, membership, read.segments);
    const last = read.segments[read.segments.length - 1];
    const passedTo = rest[0]?.base ?? (last ? endOf(last) : read.startsAt);
    if (passedTo > (reader.passed?.offset ?? 0)) reader.passed = { offset: passedTo, base: passedTo, seenAtMs: nowMs };
    if (rest.length > 0 || !last || reads > READS_MAX) {
      reader.ahead = rest;
      reader.isPassing = rest.length === 0 && reads > READS_MAX;
      return { segments: rest, startsAt: Math.max(read.startsAt, passedTo), sealedAt: read.sealedAt };
    }
    read = await readLog(deps, shard, { offset: passedTo, base: passedTo }, READ_STEP ** reads);
    reader.sealedAt = read.sealedAt ?? reader.sealedAt;
  }
}

/** From the first segment on that has something for the group, cannot be read, or is too young to tell. */
async function restOf(deps: Deps, membership: Membership, segments: readonly Segment[]): Promise<readonly Segment[]> {
  for (const [at, segment] of segments.entries()) {
    if (segment.enqueuedAtMs >= membership.knownUntilMs) return segments.slice(at);
    if (!membership.mayHave(segment)) continue;
    const contents = membership.isOpen ? undefined : await readableContents(deps, segment);
    if (!contents || contents.some((content) => membership.has(segment, content))) return segments.slice(at);
  }
  return [];
}

/**
 * What was passed over, as a stretch of its own. undefined when it is not worth a lease: a few messages
 * are passed over again by each reader, unless the shard is sealed and the chain would never come to its end.
 */
export function passedStretch(deps: Deps, pull: Pull, { passed, sealedAt }: ShardReader, next: ReadPoint): Stretch | undefined {
  if (!pull.membership || !passed || passed.offset <= next.offset) return undefined;
  const isWorthIt = passed.offset - next.offset >= NOTED_MESSAGES || (sealedAt !== undefined && passed.offset >= sealedAt);
  if (!isWorthIt) return undefined;
  const removableAtMs = leaseRemovableAt({ enqueuedAtMs: deps.system.now(), retentionSeconds: historySeconds(pull.settings) });
  return { end: passed.offset, endBase: passed.base, segmentBase: next.base, removableAtMs, wanted: [], unwanted: [], unreadable: undefined };
}
