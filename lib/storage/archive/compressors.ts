import zlib from 'node:zlib';
import { runtimeHasZstd } from '../packing/compression.ts';

export type FileCompression = 'GZIP' | 'ZSTD';

/** Node has zstd from 22.15 on; every reader of Parquet has both. */
export const bestCompression = (): FileCompression => (runtimeHasZstd() ? 'ZSTD' : 'GZIP');

/**
 * At their usual levels: what is packed here is kept for weeks to a year, so it may take a little longer
 * than a segment, which a sender waits for.
 */
export const compressors = {
  GZIP: (bytes: Uint8Array): Uint8Array => zlib.gzipSync(bytes),
  ZSTD: (bytes: Uint8Array): Uint8Array => zlib.zstdCompressSync(bytes),
} as const satisfies Record<FileCompression, (bytes: Uint8Array) => Uint8Array>;

/** @throws Error when the page is damaged, longer than it says, or of a codec that this runtime lacks */
export const decompressors = {
  GZIP: (bytes: Uint8Array, length: number): Uint8Array => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  ZSTD(bytes: Uint8Array, length: number): Uint8Array {
    if (!runtimeHasZstd()) throw new Error(`a file packed with zstd, which Node ${process.version} lacks: use Node 22.15 or newer`);
    return zlib.zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) });
  },
} as const satisfies Record<FileCompression, (bytes: Uint8Array, length: number) => Uint8Array>;
