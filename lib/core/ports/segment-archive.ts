import type { MessageContent } from '../message.ts';
import type { Offset } from '../position.ts';
import type { EpochMs } from '../time.ts';
import type { Segment, ShardKey } from './log-table.ts';

/** A segment with its messages: what goes into a file of the archive, and comes out of it. */
export interface ArchivedSegment {
  readonly segment: Omit<Segment, 'body' | 'removableAtMs'>;
  readonly contents: readonly MessageContent[];
}

/** What one file has: the offsets [first, end) of one shard, without a gap. */
export interface ArchiveExtent extends ShardKey {
  readonly first: Offset;
  readonly end: Offset;
  readonly firstEnqueuedAtMs: EpochMs;
  readonly lastEnqueuedAtMs: EpochMs;
  readonly historyEndsAtMs: EpochMs;
}

/** A run of whole segments that is fetched, and unpacked, at once: the bytes [fromByte, endByte) of the file. */
export interface RowGroup {
  readonly first: Offset;
  readonly end: Offset;
  readonly fromByte: number;
  readonly endByte: number;
  readonly unpackedBytes: number;
}

/** A file that is being made. It holds what is packed so far, and at most one row group of what is not. */
export interface ArchiveFileWriter {
  /** The next segment of the shard: it begins where the one before ended. */
  add(archived: ArchivedSegment): void;
  /** About the size of the file if it were finished now. */
  bytes(): number;
  /** Those that are packed: each has its part of the footer, which is held until the file is finished. */
  rowGroups(): number;
  /** The whole file, and the extent that it says it has. Only once, and not of nothing. */
  finish(): { readonly file: Uint8Array; readonly extent: ArchiveExtent };
}

/** A file of which the footer was read. */
export interface ArchiveFile {
  readonly extent: ArchiveExtent;
  /** Ascending, without a gap. */
  readonly rowGroups: readonly RowGroup[];
  /** @throws Error when the bytes are not those of the row group */
  unpack(rowGroup: RowGroup, bytes: Uint8Array): Promise<readonly ArchivedSegment[]>;
}

/** The file format of the archive: one row a message, in columns, readable by others as it is. */
export interface SegmentArchive {
  /** The queue's name is for those others: to us the log says whose it is. */
  beginFile(of: ShardKey & { readonly queue: string }): ArchiveFileWriter;
  /** Length of the footer, from the last `FOOTER_TAIL_BYTES` bytes of a file. @throws Error when it is no such file */
  footerBytes(tail: Uint8Array): number;
  /** @throws Error when the bytes are not a footer of ours */
  openFile(footer: Uint8Array): ArchiveFile;
}

/** So many bytes at the end of a file say how long its footer is. */
export const FOOTER_TAIL_BYTES = 8;
