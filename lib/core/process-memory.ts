import { BoundedMap } from './bounded-map.ts';
import type { ReaderMemory } from './group/reader-memory.ts';
import type { LaneMemory } from './log/lane-memory.ts';
import type { MessageContent } from './message.ts';
import type { AccessKeyRecord } from './ports/access-key-table.ts';
import type { ArchiveManifest } from './ports/archive-table.ts';
import type { Segment } from './ports/log-table.ts';
import type { ArchivedSegment, ArchiveFile } from './ports/segment-archive.ts';
import type { QueueView } from './ports/queue-table.ts';
import type { Offset } from './position.ts';
import type { SubscriptionFilter } from './subscription-filter.ts';
import type { EpochMs } from './time.ts';
import { bounds } from './timing.ts';

export interface Remembered<T> {
  readonly value: T;
  readonly atMs: EpochMs;
}

/**
 * What one process remembers between requests. All of it are hints: losing one costs a read, and a
 * wrong one is corrected by the conditional write that it leads to.
 */
export interface ProcessMemory {
  /** Incarnation by queue name. */
  readonly names: BoundedMap<Remembered<string>>;
  readonly views: BoundedMap<Remembered<QueueView>>;
  /** Reads under way, so that requests of one process share them. */
  readonly viewReads: Map<string, Promise<QueueView | undefined>>;
  readonly lanes: BoundedMap<LaneMemory>;
  readonly readers: BoundedMap<ReaderMemory>;
  /** Unpacked segments by log, shard and base. */
  readonly segments: BoundedMap<readonly MessageContent[]>;
  /** The manifest used last, by log and shard: only of a part that the table has let go of. */
  readonly manifests: BoundedMap<ArchiveManifest>;
  /** Where the archive of a shard ended when it was looked up, by log and shard. */
  readonly archiveEnds: BoundedMap<Remembered<Offset>>;
  /** Opened files of the archive, by object key, and their unpacked row groups. */
  readonly files: BoundedMap<ArchiveFile>;
  readonly rowGroups: BoundedMap<readonly ArchivedSegment[]>;
  /** Filters of a topic's subscriptions, by the topic's incarnation. */
  readonly filters: BoundedMap<Remembered<readonly SubscriptionFilter[]>>;
  /** Access keys as they were read last, by id; undefined: there was none. */
  readonly accessKeys: BoundedMap<Remembered<AccessKeyRecord | undefined>>;
  /** Their secrets, by id. */
  readonly openedSecrets: BoundedMap<string>;
  /** When those were tried that cannot be opened, by id. */
  readonly unopenedSecrets: BoundedMap<EpochMs>;
  /** When requests came, by their signatures: one that comes again is somebody else's. */
  readonly signatures: BoundedMap<EpochMs>;
  /** The end of the line of tasks that must not overlap within this process. */
  readonly lines: Map<string, Promise<unknown>>;
  /** Long polls of this process, to be woken by a send of this process. */
  readonly sleepers: Map<string, Set<() => void>>;
}

export const processMemory = (): ProcessMemory => ({
  names: new BoundedMap(bounds.cachedNames),
  views: new BoundedMap(bounds.cachedNames),
  viewReads: new Map(),
  lanes: new BoundedMap(bounds.cachedNames),
  readers: new BoundedMap(bounds.cachedNames),
  segments: new BoundedMap(bounds.cachedSegmentBytes),
  manifests: new BoundedMap(bounds.cachedNames),
  archiveEnds: new BoundedMap(bounds.cachedNames),
  files: new BoundedMap(bounds.cachedFooterBytes),
  rowGroups: new BoundedMap(bounds.cachedRowGroupBytes),
  filters: new BoundedMap(bounds.cachedNames),
  accessKeys: new BoundedMap(bounds.cachedAccessKeys),
  openedSecrets: new BoundedMap(bounds.cachedAccessKeys),
  unopenedSecrets: new BoundedMap(bounds.cachedAccessKeys),
  signatures: new BoundedMap(bounds.cachedSignatures),
  lines: new Map(),
  sleepers: new Map(),
});

/**
 * One after another within this process: requests that would only refuse each other's writes.
 * Other processes are kept apart by the conditional writes alone.
 */
export async function inLine<T>(memory: ProcessMemory, name: string, task: () => Promise<T>): Promise<T> {
  const before = memory.lines.get(name) ?? Promise.resolve();
  const mine = before.then(task, task);
  memory.lines.set(name, mine);
  try {
    return await mine;
  } finally {
    if (memory.lines.get(name) === mine) memory.lines.delete(name);
  }
}

/** Sleep that a send of this process to the same queue, or the signal, ends early. */
export async function sleepUntilSent(
  memory: ProcessMemory, incarnation: string, sleep: (signal: AbortSignal) => Promise<void>, signal?: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  // With a reason: without one each abort makes an error, with its stack, that nobody looks at.
  const wake = () => controller.abort('woken');
  const sleepers = memory.sleepers.get(incarnation) ?? new Set();
  memory.sleepers.set(incarnation, sleepers);
  sleepers.add(wake);
  signal?.addEventListener('abort', wake, { once: true });
  try {
    if (!signal?.aborted) await sleep(controller.signal);
  } finally {
    signal?.removeEventListener('abort', wake);
    sleepers.delete(wake);
    if (sleepers.size === 0) memory.sleepers.delete(incarnation);
  }
}

export function wakeSleepers(memory: ProcessMemory, incarnation: string): void {
  for (const wake of memory.sleepers.get(incarnation) ?? []) wake();
}

const segmentName = ({ log, shard, base }: Segment): string => `${log} ${shard} ${base}`;

export const rememberedContents = (memory: ProcessMemory, segment: Segment): readonly MessageContent[] | undefined =>
  memory.segments.get(segmentName(segment));

/** Unpacked text takes about four times the packed bytes; what packs very well takes as much as its text. */
export function rememberContents(
  memory: ProcessMemory, segment: Segment, contents: readonly MessageContent[], packedBytes: number,
): void {
  memory.segments.set(segmentName(segment), contents, Math.max(packedBytes * 4, contents.reduce((sum, content) => sum + heldBytes(content), 0)));
}

/** A message without a text in it. */
const MESSAGE_BYTES = 200;

function heldBytes({ body, attributes, tags }: MessageContent): number {
  const texts = [...Object.entries(attributes).flat(), ...tags];
  return MESSAGE_BYTES + (body.kind === 'text' ? body.text.length : body.bytes.byteLength) + texts.reduce((sum, text) => sum + text.length, 0);
}
