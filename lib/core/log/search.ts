import type { Deps } from '../deps.ts';
import type { ArchiveManifest } from '../ports/archive-table.ts';
import type { Segment, ShardKey } from '../ports/log-table.ts';
import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import { segmentsAround } from './archived.ts';
import { endBehind } from './history.ts';
import { endOf } from './segment.ts';

/**
 * The first offset of a shard whose message was enqueued at or after an instant; the shard's end when
 * there is none. Enqueue times never go back within a shard, so this is a binary search of strong
 * reads, about as many as the offsets have binary digits. What is archived is taken in large steps: a
 * manifest says from when to when, and only the one that has the instant is looked into. Offsets that are
 * nowhere (what expired, or was lost before it was archived) are judged by what lies below them.
 */
export async function firstAtOrAfter(deps: Deps, shard: ShardKey, atMs: EpochMs): Promise<Offset> {
  const last = await deps.log.lastSegment(shard);
  const end = await endBehind(deps, shard, last);
  const isLastOfAll = last && endOf(last) === end;
  if (isLastOfAll && last.enqueuedAtMs < atMs) return end;
  let low: Offset = 0;
  let high: Offset = isLastOfAll ? last.base : end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const step = await stepAt(deps, shard, middle, atMs);
    if (step.kind === 'before') low = Math.max(low, step.end);
    else high = Math.min(high, step.first);
  }
  return high;
}

/** What one look tells: everything below `end` was enqueued before the instant, or everything from `first` on was not. */
type Step = { readonly kind: 'before'; readonly end: Offset } | { readonly kind: 'notBefore'; readonly first: Offset };

async function stepAt(deps: Deps, shard: ShardKey, offset: Offset, atMs: EpochMs): Promise<Step> {
  const segment = await deps.log.segmentAt(shard, offset);
  if (segment && endOf(segment) > offset) {
    return segment.enqueuedAtMs < atMs ? { kind: 'before', end: endOf(segment) } : { kind: 'notBefore', first: segment.base };
  }
  const manifest = await deps.archive.lastManifest(shard, offset);
  if (manifest && manifest.end > offset) return stepInArchive(deps, manifest, offset, atMs);
  return stepInHole(deps, { segment, manifest }, offset, atMs);
}

/** What lies nearest below the hole was enqueued before all that is behind it. */
async function stepInHole(
  deps: Deps, { segment, manifest }: { readonly segment: Segment | undefined; readonly manifest: ArchiveManifest | undefined }, offset: Offset, atMs: EpochMs,
): Promise<Step> {
  const inHole: Step = { kind: 'before', end: offset + 1 };
  const isInTable = segment !== undefined && endOf(segment) >= (manifest?.end ?? 0);
  if (isInTable) return segment.enqueuedAtMs < atMs ? inHole : { kind: 'notBefore', first: segment.base };
  if (!manifest || manifest.lastEnqueuedAtMs < atMs) return inHole;
  return stepInArchive(deps, manifest, manifest.end - 1, atMs);
}

async function stepInArchive(deps: Deps, manifest: ArchiveManifest, offset: Offset, atMs: EpochMs): Promise<Step> {
  if (manifest.lastEnqueuedAtMs < atMs) return { kind: 'before', end: manifest.end };
  if (manifest.firstEnqueuedAtMs >= atMs) return { kind: 'notBefore', first: manifest.first };
  const segments = await segmentsAround(deps, manifest, offset);
  const here = segments.find((segment) => endOf(segment) > offset);
  if (!here) return { kind: 'before', end: offset + 1 };
  return here.enqueuedAtMs < atMs ? { kind: 'before', end: endOf(here) } : { kind: 'notBefore', first: here.base };
}
