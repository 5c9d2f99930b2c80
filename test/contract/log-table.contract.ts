import { expect, it } from 'vitest';
import type { LogTable, Segment } from '../../lib/core/ports/log-table.ts';
import { msAfter } from '../../lib/core/time.ts';
import { id, nowMs, segmentOf } from './samples.ts';

/** Segments: put once, found by base, offset and end. */
export function logContract(log: () => LogTable): void {
  it.each<[string, Partial<Segment>]>([
    ['packed bodies', {}],
    ['delayed messages', { lastDueAtMs: msAfter(nowMs, 9) }],
    ['an object', { body: { kind: 'object', objectKey: 'segments/5d/a/b', packedBytes: 70_000 } }],
    ['a seal', { count: 0, body: { kind: 'seal', reason: 'purged' } }],
  ])('reads back a segment with %s', async (_, more) => {
    const segment = segmentOf(more);
    expect(await log().putSegment(segment)).toEqual({ kind: 'landed' });
    expect(await log().lastSegment(segment)).toEqual(segment);
  });

  it('refuses a second segment at the same base, and recognises its own', async () => {
    const segment = segmentOf();
    await log().putSegment(segment);
    expect(await log().putSegment({ ...segment, appendId: id(), count: 9 })).toEqual({ kind: 'refused', found: segment });
    expect(await log().putSegment(segment)).toEqual({ kind: 'landed', found: segment });
  });

  it('lets a segment live longer, and makes none where none is', async () => {
    const segment = segmentOf();
    const later = msAfter(segment.removableAtMs, 60_000);
    expect(await log().extendSegment(segment, later)).toBe('refused');
    expect(await log().lastSegment(segment)).toBeUndefined();
    await log().putSegment(segment);
    expect(await log().extendSegment({ ...segment, appendId: id() }, later)).toBe('refused');
    expect(await log().extendSegment(segment, later)).toBe('landed');
    expect(await log().lastSegment(segment)).toEqual({ ...segment, removableAtMs: later });
  });

  it('finds segments by order, by offset and at the end', async () => {
    const { log: logId, shard } = segmentOf();
    const segments = [0, 3, 40, 1300].map((base) => segmentOf({ log: logId, shard, base }));
    for (const segment of segments) await log().putSegment(segment);
    const range = { log: logId, shard, limit: 10, consistent: true };
    expect(await log().listSegments({ ...range, from: 3 })).toEqual(segments.slice(1));
    expect(await log().listSegments({ ...range, from: 4, limit: 1 })).toEqual([segments[2]]);
    expect(await log().listSegments({ ...range, from: 3, before: 40 })).toEqual([segments[1]]);
    expect(await log().listSegments({ ...range, from: 0, before: 0 })).toEqual([]);
    expect(await log().lastSegment({ log: logId, shard })).toEqual(segments[3]);
    expect(await log().segmentAt({ log: logId, shard }, 39)).toEqual(segments[1]);
    expect(await log().segmentAt({ log: logId, shard }, 40)).toEqual(segments[2]);
    expect(await log().segmentAt({ log: logId, shard: id() }, 40)).toBeUndefined();
    expect(await log().lastSegment({ log: logId, shard: id() })).toBeUndefined();
  });
}
