import type { Deps } from '../deps.ts';
import type { ArchiveManifest } from '../ports/archive-table.ts';
import type { Segment, ShardKey } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import { timing } from '../timing.ts';
import { segmentsAround } from './archived.ts';
import { endOf } from './segment.ts';

/**
 * The log beyond the table: what TTL has taken from there is in the archive, if its history goes on.
 *
 *   offset   0 ─────────────── 5,000 ────── 9,000 ────────── 12,000
 *   archive  [ manifest ][ manifest ][ manifest ]
 *   table                          [ segments, still there ][ new ones ]
 *
 * Both have the same segments where they overlap, so it does not matter which of them is read. Nothing
 * here is on the way of messages that are in the table.
 */

/**
 * Archived segments that hold offsets from `from` on, and begin below `before`: those of one row group.
 * Empty when the archive has nothing there.
 */
export async function archivedFrom(deps: Deps, shard: ShardKey, from: Offset, before = Number.POSITIVE_INFINITY): Promise<readonly Segment[]> {
  const manifest = await manifestFrom(deps, shard, from);
  if (!manifest || manifest.first >= before) return [];
  const segments = await segmentsAround(deps, manifest, Math.max(from, manifest.first));
  return segments.filter((segment) => endOf(segment) > from && segment.base < before);
}

/** The manifest that has the offset, or else the next one behind it. */
async function manifestFrom(deps: Deps, shard: ShardKey, from: Offset): Promise<ArchiveManifest | undefined> {
  const known = knownManifest(deps, shard, from);
  if (known) return known;
  const below = await deps.archive.lastManifest(shard, from);
  const found = below && below.end > from ? below : (await deps.archive.listManifests({ ...keyOf(shard), from, limit: 1 }))[0];
  if (found) deps.memory.manifests.set(nameOf(shard), found);
  return found;
}

/** A manifest that this process came upon because the table had let go of the offset: it need not ask the table again. */
export function knownManifest(deps: Deps, shard: ShardKey, offset: Offset): ArchiveManifest | undefined {
  const known = deps.memory.manifests.get(nameOf(shard));
  return known && known.first <= offset && offset < known.end ? known : undefined;
}

/**
 * The table shows nothing from an offset on: is there something in the archive? One read, and then none
 * for an hour, since what is archived meanwhile stays in the table for days.
 */
export async function isArchivedFrom(deps: Deps, shard: ShardKey, from: Offset): Promise<boolean> {
  const nowMs = deps.system.now();
  const known = deps.memory.archiveEnds.get(nameOf(shard));
  if (known && nowMs - known.atMs < timing.noArchiveMs) return from < known.value;
  const end = await archivedEnd(deps, shard);
  deps.memory.archiveEnds.set(nameOf(shard), { value: end, atMs: nowMs });
  return from < end;
}

/** First offset behind everything archived of a shard; 0 when nothing is. */
export async function archivedEnd(deps: Deps, shard: ShardKey): Promise<Offset> {
  return (await deps.archive.lastManifest(keyOf(shard)))?.end ?? 0;
}

/** The segment that has an offset, strongly consistent: from the table, or from the archive. */
export async function segmentWith(deps: Deps, shard: ShardKey, offset: Offset): Promise<Segment | undefined> {
  const hot = await deps.log.segmentAt(keyOf(shard), offset);
  if (hot && endOf(hot) > offset) return hot;
  const [cold] = await archivedFrom(deps, shard, offset, offset + 1);
  return cold;
}

/** First offset behind a shard's last segment, wherever that is; a seal ends it where it stands. */
export const shardEnd = async (deps: Deps, shard: ShardKey): Promise<Offset> =>
  endBehind(deps, shard, await deps.log.lastSegment(keyOf(shard)));

/** What of the last segment in the table says whether it is the last of all. */
export type LastInTable = Pick<Segment, 'base' | 'count' | 'enqueuedAtMs'> & { readonly body?: Segment['body'] };

/**
 * The same when the last segment in the table was read already. Segments of delayed messages live longer
 * there than others: a later one may be gone before them, and then only the archive knows of it.
 */
export async function endBehind(deps: Deps, shard: ShardKey, last: LastInTable | undefined): Promise<Offset> {
  const isLastOfAll = last && (last.body?.kind === 'seal' || deps.system.now() - last.enqueuedAtMs < timing.hotLifeMs);
  return isLastOfAll ? endOf(last) : Math.max(last ? endOf(last) : 0, await archivedEnd(deps, shard));
}

const keyOf = ({ log, shard }: ShardKey): ShardKey => ({ log, shard });
const nameOf = ({ log, shard }: ShardKey): string => `${log} ${shard}`;
