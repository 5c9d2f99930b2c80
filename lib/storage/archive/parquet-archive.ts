import { createHash } from 'node:crypto';
import { type FileMetaData, type ParquetParsers, parquetMetadata, parquetRead } from 'hyparquet';
import { ParquetWriter } from 'hyparquet-writer';
import type {
  ArchivedSegment, ArchiveExtent, ArchiveFile, ArchiveFileWriter, RowGroup, SegmentArchive,
} from '../../core/ports/segment-archive.ts';
import { FOOTER_TAIL_BYTES } from '../../core/ports/segment-archive.ts';
import type { ShardKey } from '../../core/ports/log-table.ts';
import { endOf } from '../../core/log/segment.ts';
import { messageBytes } from '../../core/message.ts';
import { latest, secondsAfter } from '../../core/time.ts';
import { chunkWriter } from './chunk-writer.ts';
import { columnsToRead, fromRows, type Row, schema, toColumns, withoutMaps } from './columns.ts';
import { bestCompression, compressors, decompressors, type FileCompression } from './compressors.ts';

/**
 * Files of the archive in Parquet (columns.ts has the columns).
 *
 * A row group ends with the segment that fills it, so that one ranged read brings whole segments, and
 * a receive of 100 reads about a thousand messages at most. The footer also has a line of our own
 * (`rewindmq`): the format's version, the log and the extent, from which a manifest can be made again, and
 * a digest of each row group, so that damage is seen as such, and never taken for messages.
 */
export const parquetArchive = ({ compression = bestCompression() }: { readonly compression?: FileCompression } = {}): SegmentArchive => ({
  beginFile: (of) => beginFile(of, compression),
  footerBytes,
  openFile,
});

const ROW_GROUP_ROWS = 1000;
const ROW_GROUP_BYTES = 1024 * 1024;

/** Of the columns' places and statistics, and our digest. */
const FOOTER_BYTES_PER_ROW_GROUP = 800;

const OWN_KEY = 'rewindmq';
const FORMAT = 1;
const MAGIC = 'PAR1';

function beginFile(of: ShardKey & { readonly queue: string }, compression: FileCompression): ArchiveFileWriter {
  const chunks = chunkWriter();
  const parquet = new ParquetWriter({ writer: chunks.writer, schema, codec: compression, compressors, createdBy: 'RewindMQ' });
  let waiting: ArchivedSegment[] = [];
  let waitingRows = 0;
  let waitingBytes = 0;
  let extent: ArchiveExtent | undefined;
  const digests: string[] = [];
  // The four bytes before the first row group belong to none.
  chunks.take();

  const flush = (): void => {
    if (waiting.length === 0) return;
    void parquet.write({ columnData: toColumns(of, waiting), rowGroupSize: waitingRows });
    digests.push(digestOf(chunks.take()));
    waiting = [];
    waitingRows = 0;
    waitingBytes = 0;
  };
  return {
    add(archived) {
      extent = extended(extent, archived);
      waiting.push(archived);
      waitingRows += archived.contents.length;
      waitingBytes += archived.contents.reduce((sum, content) => sum + messageBytes(content), 0);
      if (waitingRows >= ROW_GROUP_ROWS || waitingBytes >= ROW_GROUP_BYTES) flush();
    },
    bytes: () => chunks.bytes() + waitingBytes + digests.length * FOOTER_BYTES_PER_ROW_GROUP,
    rowGroups: () => digests.length,
    finish() {
      if (!extent) throw new Error('a file of nothing');
      flush();
      parquet.kvMetadata = [{ key: OWN_KEY, value: JSON.stringify({ format: FORMAT, ...extent, digests } satisfies OwnLine) }];
      void parquet.finish();
      return { file: chunks.finish(), extent };
    },
  };
}

function extended(extent: ArchiveExtent | undefined, { segment, contents }: ArchivedSegment): ArchiveExtent {
  if (extent && extent.end !== segment.base) throw new Error(`segment ${segment.base} does not follow offset ${extent.end}`);
  if (segment.count === 0 || contents.length !== segment.count) throw new Error(`segment ${segment.base} has ${contents.length} of ${segment.count} messages`);
  const endsAtMs = secondsAfter(latest(segment.enqueuedAtMs, segment.lastDueAtMs ?? segment.enqueuedAtMs), segment.retentionSeconds);
  return {
    log: segment.log, shard: segment.shard,
    first: extent?.first ?? segment.base, end: endOf(segment),
    firstEnqueuedAtMs: extent?.firstEnqueuedAtMs ?? segment.enqueuedAtMs, lastEnqueuedAtMs: segment.enqueuedAtMs,
    historyEndsAtMs: latest(endsAtMs, extent?.historyEndsAtMs ?? endsAtMs),
  };
}

function footerBytes(tail: Uint8Array): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const magic = String.fromCharCode(...tail.slice(-MAGIC.length));
  if (tail.byteLength !== FOOTER_TAIL_BYTES || magic !== MAGIC) throw new Error('not the end of a Parquet file');
  return view.getUint32(0, true) + FOOTER_TAIL_BYTES;
}

function openFile(footer: Uint8Array): ArchiveFile {
  const metadata = parquetMetadata(footer, { geoparquet: false });
  const { extent, digests } = ownLine(metadata);
  const readSchema = withoutMaps(metadata.schema);
  let first = extent.first;
  const groups = metadata.row_groups.map((group, at) => {
    const chunks = group.columns.flatMap(({ meta_data: chunk }) => (chunk ? [chunk] : []));
    const starts = chunks.map((chunk) => Number(chunk.dictionary_page_offset ?? chunk.data_page_offset));
    const ends = chunks.map((chunk, index) => starts[index]! + Number(chunk.total_compressed_size));
    const rowGroup: RowGroup = {
      first, end: first + Number(group.num_rows), fromByte: Math.min(...starts), endByte: Math.max(...ends),
      unpackedBytes: Number(group.total_byte_size),
    };
    first = rowGroup.end;
    return { rowGroup, digest: digests[at], metadata: { ...metadata, schema: readSchema, num_rows: group.num_rows, row_groups: [group] } };
  });
  if (first !== extent.end) throw new Error(`a file of ${extent.end - extent.first} messages has ${first - extent.first} rows`);
  return {
    extent,
    rowGroups: groups.map(({ rowGroup }) => rowGroup),
    async unpack(rowGroup, bytes) {
      const group = groups.find((one) => one.rowGroup === rowGroup);
      if (!group || digestOf(bytes) !== group.digest) throw new Error(`damaged: the bytes ${rowGroup.fromByte} to ${rowGroup.endByte} are not what was written`);
      return fromRows(extent, rowGroup.first, await readRows(group.metadata, rowGroup, bytes));
    },
  };
}

/** What we say of a file in its footer. */
interface OwnLine extends ArchiveExtent {
  readonly format: number;
  /** Of the bytes of each row group. */
  readonly digests: readonly string[];
}

function ownLine({ key_value_metadata: values }: FileMetaData): { readonly extent: ArchiveExtent; readonly digests: readonly string[] } {
  const text = values?.find(({ key }) => key === OWN_KEY)?.value;
  if (text === undefined) throw new Error('a Parquet file, but none of ours');
  const { format, digests, ...extent } = JSON.parse(text) as OwnLine;
  if (format !== FORMAT) throw new Error(`a file of format ${format}: this version reads ${FORMAT}`);
  return { extent, digests };
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url').slice(0, 16);

/** The reader's own decoder takes a byte order mark at the beginning of a text away. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (ms: bigint) => Number(ms),
  // Of a null too: the reader asks before it looks.
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes),
};

async function readRows(metadata: FileMetaData, { fromByte }: RowGroup, bytes: Uint8Array): Promise<readonly Row[]> {
  let rows: readonly Row[] = [];
  await parquetRead({
    file: { byteLength: fromByte + bytes.byteLength, slice: (start, end) => sliceOf(bytes, start - fromByte, (end ?? 0) - fromByte) },
    metadata, columns: columnsToRead, compressors: decompressors, parsers, utf8: false, geoparquet: false, rowFormat: 'object',
    onComplete: (read) => { rows = read as unknown as readonly Row[]; },
  });
  return rows;
}

const sliceOf = (bytes: Uint8Array, from: number, end: number): ArrayBuffer => {
  const slice = new Uint8Array(end - from);
  slice.set(bytes.subarray(from, end));
  return slice.buffer;
};
