import zlib from 'node:zlib';

/** How packed bytes are compressed; the first byte of a segment says it. Stored data: add, never reuse. */
export const codecs = { none: 0, gzip: 1, zstd: 2 } as const;

export type Compression = keyof typeof codecs;

/** An append is at most 4 MiB of request; whatever unpacks to more than this is not one of ours. */
export const UNPACKED_BYTES_MAX = 32 * 1024 * 1024;

/** Node has zstd from 22.15 on; engines of one deployment may differ, so each segment says its codec. */
export const runtimeHasZstd = (): boolean => typeof zlib.zstdCompressSync === 'function';

export function compressed(bytes: Uint8Array, compression: Compression): Uint8Array {
  // Level 1 of zstd takes two thirds of its default's time for the same bytes of log lines;
  // level 1 of gzip half of the time for an eighth more.
  if (compression === 'zstd') return zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } });
  if (compression === 'gzip') return zlib.gzipSync(bytes, { level: 1 });
  return bytes;
}

/** @throws Error when the codec is unknown or missing here, the bytes are damaged, or there are too many */
export function decompressed(bytes: Uint8Array, codec: number | undefined): Uint8Array {
  const bound = { maxOutputLength: UNPACKED_BYTES_MAX };
  if (codec === codecs.none) return bytes;
  if (codec === codecs.gzip) return zlib.gunzipSync(bytes, bound);
  if (codec !== codecs.zstd) throw new Error(`a segment with an unknown codec: ${codec}`);
  if (!runtimeHasZstd()) throw new Error(`a segment packed with zstd, which Node ${process.version} lacks: use Node 22.15 or newer`);
  return zlib.zstdDecompressSync(bytes, bound);
}
