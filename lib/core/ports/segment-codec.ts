import type { MessageContent } from '../message.ts';

/** Packs the messages of one append, compressed; the first byte says with what, so that any reader knows. */
export interface SegmentCodec {
  pack(messages: readonly MessageContent[]): Uint8Array;
  /** @throws Error when the bytes are not a segment, or packed with a codec that this runtime lacks */
  unpack(packed: Uint8Array): readonly MessageContent[];
}
