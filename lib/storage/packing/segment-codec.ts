import { Packr } from 'msgpackr';
import type { SegmentCodec } from '../../core/ports/segment-codec.ts';
import { codecs, type Compression, compressed, decompressed, runtimeHasZstd, UNPACKED_BYTES_MAX } from './compression.ts';
import { messageFromRow, messageToRow } from './message-row.ts';

/** Below this a compressor's own header eats what it saves. */
const WORTH_COMPRESSING_BYTES = 100;

/** No records: they would make the bytes depend on what else this process has packed. */
const packr = new Packr({ useRecords: false });

/**
 * A packed segment: one byte that names the compression, then MessagePack of one row per message
 * (message-row.ts), compressed where that makes it smaller.
 */
export function segmentCodec({ compression = runtimeHasZstd() ? 'zstd' : 'gzip' }: { readonly compression?: Compression } = {}): SegmentCodec {
  return {
    pack(messages) {
      const plain = packr.pack(messages.map(messageToRow));
      if (plain.byteLength > UNPACKED_BYTES_MAX) throw new Error(`a segment of ${plain.byteLength} bytes is too large`);
      if (plain.byteLength < WORTH_COMPRESSING_BYTES) return withCodec('none', plain);
      const small = compressed(plain, compression);
      return small.byteLength < plain.byteLength ? withCodec(compression, small) : withCodec('none', plain);
    },
    unpack(packed) {
      const rows: unknown = packr.unpack(decompressed(packed.subarray(1), packed[0]));
      if (!Array.isArray(rows)) throw new Error('not a segment: it is no list of messages');
      return rows.map(messageFromRow);
    },
  };
}

function withCodec(compression: Compression, bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(bytes.byteLength + 1);
  packed[0] = codecs[compression];
  packed.set(bytes, 1);
  return packed;
}
