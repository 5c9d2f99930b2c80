import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageContent } from '../../../lib/core/message.ts';
import { type ArchivedSegment, type ArchiveFile, FOOTER_TAIL_BYTES } from '../../../lib/core/ports/segment-archive.ts';
import { epochMs } from '../../../lib/core/time.ts';
import type { FileCompression } from '../../../lib/storage/archive/compressors.ts';
import { parquetArchive } from '../../../lib/storage/archive/parquet-archive.ts';
import { runtimeHasZstd } from '../../../lib/storage/packing/compression.ts';
import { anyInstant, anyMessage } from '../../support/any-message.ts';

const of = { queue: 'orders', log: 'log1', shard: 'shard1' };

const plain = (body: string): MessageContent => ({ body: { kind: 'text', text: body }, attributes: {}, tags: [] });

/** Segments of a shard, one behind the other. */
function segmentsOf(appends: readonly { contents: readonly MessageContent[]; enqueuedAtMs?: number; retentionSeconds?: number }[], first = 0): ArchivedSegment[] {
  let base = first;
  return appends.map(({ contents, enqueuedAtMs = 1_700_000_000_000, retentionSeconds = 2_592_000 }, at) => {
    const dues = contents.flatMap(({ dueAtMs }) => dueAtMs ?? []);
    const segment = {
      log: of.log, shard: of.shard, base, count: contents.length, enqueuedAtMs: epochMs(enqueuedAtMs), appendId: `append${at}`, retentionSeconds,
      ...(dues.length > 0 && { lastDueAtMs: epochMs(Math.max(...dues)) }),
    };
    base += contents.length;
    return { segment, contents };
  });
}

function fileOf(segments: readonly ArchivedSegment[], compression?: FileCompression) {
  const writer = parquetArchive(compression ? { compression } : {}).beginFile(of);
  for (const segment of segments) writer.add(segment);
  return writer.finish();
}

/** Opened as a reader does it: from its end. */
function opened(file: Uint8Array): ArchiveFile {
  const archive = parquetArchive();
  const footerBytes = archive.footerBytes(file.subarray(-FOOTER_TAIL_BYTES));
  return archive.openFile(file.subarray(-footerBytes));
}

async function readAll(file: Uint8Array): Promise<readonly ArchivedSegment[]> {
  const { rowGroups, unpack } = opened(file);
  const groups = await Promise.all(rowGroups.map((group) => unpack(group, file.subarray(group.fromByte, group.endByte))));
  return groups.flat();
}

const appends = fc.array(fc.record({
  contents: fc.array(anyMessage, { minLength: 1, maxLength: 8 }), enqueuedAtMs: anyInstant, retentionSeconds: fc.integer({ min: 60, max: 34_560_000 }),
}), { minLength: 1, maxLength: 6 });

describe.each<FileCompression>(['GZIP', 'ZSTD'])('a file packed with %s', (compression) => {
  it.skipIf(compression === 'ZSTD' && !runtimeHasZstd())('gives back every segment and every message', async () => {
    await fc.assert(fc.asyncProperty(appends, fc.nat(2 ** 40), async (given, first) => {
      const segments = segmentsOf(given, first);
      expect(await readAll(fileOf(segments, compression).file)).toEqual(segments);
    }), { numRuns: 50 });
  });
});

describe('a file', () => {
  const many = segmentsOf(Array.from({ length: 250 }, (_, at) => ({
    contents: Array.from({ length: 16 }, (__, position) => plain(`line ${at}/${position}`)), enqueuedAtMs: 1_700_000_000_000 + at,
  })), 7);

  it('has whole segments in each row group, about a thousand messages of them', async () => {
    const { file } = fileOf(many);
    const { rowGroups } = opened(file);
    expect(rowGroups.map(({ first, end }) => [first, end])).toEqual([[7, 1015], [1015, 2023], [2023, 3031], [3031, 4007]]);
    expect(await readAll(file)).toEqual(many);
  });

  it('ends a row group early when its messages are large', () => {
    const large = segmentsOf(Array.from({ length: 3 }, () => ({ contents: [plain('x'.repeat(700_000)), plain('y')] })));
    expect(opened(fileOf(large).file).rowGroups.map(({ first, end }) => [first, end])).toEqual([[0, 4], [4, 6]]);
  });

  it('says what it has, so that a manifest can be made again', () => {
    const { file, extent } = fileOf(many);
    expect(opened(file).extent).toEqual(extent);
    expect(extent).toEqual({
      log: 'log1', shard: 'shard1', first: 7, end: 4007, firstEnqueuedAtMs: 1_700_000_000_000, lastEnqueuedAtMs: 1_700_000_000_249,
      historyEndsAtMs: 1_700_000_000_249 + 2_592_000_000,
    });
  });

  it('keeps history until the last due time and its retention are over', () => {
    const [delayed] = segmentsOf([{ contents: [{ ...plain('later'), dueAtMs: epochMs(1_800_000_000_000) }, plain('now')] }]);
    expect(fileOf([delayed!]).extent.historyEndsAtMs).toBe(1_800_000_000_000 + 2_592_000_000);
  });

  it('takes neither a gap nor half a segment, and is never of nothing', () => {
    const [first, , third] = segmentsOf([{ contents: [plain('a')] }, { contents: [plain('b')] }, { contents: [plain('c')] }]);
    expect(() => fileOf([first!, third!])).toThrow('segment 2 does not follow offset 1');
    expect(() => fileOf([{ ...first!, contents: [] }])).toThrow('segment 0 has 0 of 1 messages');
    expect(() => fileOf([])).toThrow('a file of nothing');
  });

  it('is seen to be damaged, wherever a byte of its messages changed', async () => {
    const segments = segmentsOf([{ contents: Array.from({ length: 40 }, (_, at) => plain(`message number ${at * at * 7919}`)) }]);
    const { file } = fileOf(segments);
    const { rowGroups: [group], unpack } = opened(file);
    for (let at = group!.fromByte; at < group!.endByte; at += 1) {
      const bytes = file.slice(group!.fromByte, group!.endByte);
      bytes[at - group!.fromByte]! ^= 0x10;
      await expect(unpack(group!, bytes), `byte ${at}`).rejects.toThrow('damaged');
    }
  });

  it('is refused when it is cut off, or not one of ours', async () => {
    const { file } = fileOf(many);
    const { rowGroups: [group], unpack } = opened(file);
    await expect(unpack(group!, file.subarray(group!.fromByte, group!.endByte - 1))).rejects.toThrow('damaged');
    expect(() => opened(file.subarray(0, file.byteLength - 1))).toThrow('not the end of a Parquet file');
    expect(() => opened(new Uint8Array(100))).toThrow('not the end of a Parquet file');
  });
});
