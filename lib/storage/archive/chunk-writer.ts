import { ByteWriter } from 'hyparquet-writer';

/** What the Parquet library writes to, taken from it piece by piece. */
export interface ChunkWriter {
  readonly writer: ByteWriter;
  /** Bytes written so far. */
  bytes(): number;
  /** What was written since the last time. */
  take(): Uint8Array;
  /** All of it, put together once; nothing is kept. */
  finish(): Uint8Array;
}

/** The library's own buffer holds the whole file, and twice that each time it grows: here it is that of a row group. */
export function chunkWriter(): ChunkWriter {
  const writer = new ByteWriter();
  let chunks: Uint8Array[] = [];
  const take = (): Uint8Array => {
    const chunk = writer.getBytes().slice();
    writer.index = 0;
    chunks.push(chunk);
    return chunk;
  };
  return {
    writer,
    bytes: () => writer.offset,
    take,
    finish() {
      take();
      const file = new Uint8Array(writer.offset);
      let at = 0;
      for (const chunk of chunks) {
        file.set(chunk, at);
        at += chunk.byteLength;
      }
      chunks = [];
      return file;
    },
  };
}
