import { expect, it } from 'vitest';
import type { ArchiveTable } from '../../lib/core/ports/archive-table.ts';
import type { LogTable } from '../../lib/core/ports/log-table.ts';
import { id, manifestOf, segmentOf } from './samples.ts';

/** Manifests: put once, found by offset, and never mixed up with the segments and notes beside them. */
export function archiveContract(archive: () => ArchiveTable, log: () => LogTable): void {
  it('reads back a manifest', async () => {
    const manifest = manifestOf();
    expect(await archive().putManifest(manifest)).toEqual({ kind: 'landed' });
    expect(await archive().lastManifest(manifest)).toEqual(manifest);
  });

  it('refuses a second manifest of the same first offset, and recognises its own', async () => {
    const manifest = manifestOf();
    await archive().putManifest(manifest);
    expect(await archive().putManifest({ ...manifest, objectKey: 'archive/31d/another' })).toEqual({ kind: 'refused', found: manifest });
    expect(await archive().putManifest(manifest)).toEqual({ kind: 'landed', found: manifest });
  });

  it('finds manifests by order and by offset', async () => {
    const { log: logId, shard } = manifestOf();
    const manifests = [0, 40, 1300].map((first) => manifestOf({ log: logId, shard, first, end: first + 40 }));
    for (const manifest of manifests) await archive().putManifest(manifest);
    const range = { log: logId, shard, limit: 10 };
    expect(await archive().listManifests({ ...range, from: 0 })).toEqual(manifests);
    expect(await archive().listManifests({ ...range, from: 1, limit: 1 })).toEqual([manifests[1]]);
    expect(await archive().listManifests({ ...range, from: 1301 })).toEqual([]);
    expect(await archive().lastManifest(range)).toEqual(manifests[2]);
    expect(await archive().lastManifest(range, 1299)).toEqual(manifests[1]);
    expect(await archive().lastManifest(range, 40)).toEqual(manifests[1]);
    expect(await archive().lastManifest({ log: logId, shard: id() })).toBeUndefined();
  });

  it('keeps manifests and segments of one shard apart', async () => {
    const segment = segmentOf({ base: 5 });
    const manifest = manifestOf({ log: segment.log, shard: segment.shard, first: 3, end: 5 });
    await log().putSegment(segment);
    await archive().putManifest(manifest);
    expect(await log().lastSegment(segment)).toEqual(segment);
    expect(await log().segmentAt(segment, Number.MAX_SAFE_INTEGER)).toEqual(segment);
    expect(await log().listSegments({ ...segment, from: 0, limit: 10, consistent: true })).toEqual([segment]);
    expect(await archive().listManifests({ ...segment, from: 0, limit: 10 })).toEqual([manifest]);
  });

  it('tells by one request how far a shard has come, or that something was left out of it', async () => {
    const manifest = manifestOf({ first: 3, end: 5 });
    const { log: logId, shard } = manifest;
    expect(await archive().lastEntry(manifest)).toBeUndefined();
    await archive().putManifest(manifest);
    expect(await archive().lastEntry(manifest)).toEqual({ kind: 'manifest', manifest });
    const leftOut = [0, 2, 700].map((base) => ({ log: logId, shard, base, removableAtMs: manifest.removableAtMs }));
    for (const one of leftOut) await archive().putLeftOut(one);
    await archive().putLeftOut(leftOut[0]!);
    expect(await archive().lastEntry(manifest)).toEqual({ kind: 'leftOut' });
    expect(await archive().lastManifest(manifest)).toEqual(manifest);
    expect(await archive().listManifests({ log: logId, shard, from: 0, limit: 10 })).toEqual([manifest]);
    expect(await archive().listLeftOut(manifest, 10)).toEqual(leftOut);
    expect(await archive().listLeftOut(manifest, 2)).toEqual(leftOut.slice(0, 2));
    for (const one of [...leftOut, leftOut[0]!]) await archive().removeLeftOut(one);
    expect(await archive().lastEntry(manifest)).toEqual({ kind: 'manifest', manifest });
  });
}
