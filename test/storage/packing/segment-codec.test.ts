import { deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageContent } from '../../../lib/core/message.ts';
import { type Compression, codecs, runtimeHasZstd, UNPACKED_BYTES_MAX } from '../../../lib/storage/packing/compression.ts';
import { segmentCodec } from '../../../lib/storage/packing/segment-codec.ts';
import { anyMessage as message } from '../../support/any-message.ts';

function thrownBy(task: () => unknown): unknown {
  try {
    task();
    return undefined;
  } catch (error) {
    return error;
  }
}

const plain = (body: string): MessageContent => ({ body: { kind: 'text', text: body }, attributes: {}, tags: [] });

describe.each<Compression>(['none', 'gzip', 'zstd'])('segment codec with %s', (compression) => {
  const isHere = compression !== 'zstd' || runtimeHasZstd();

  it.skipIf(!isHere)('gives back every message', () => {
    const codec = segmentCodec({ compression });
    fc.assert(fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
      expect(codec.unpack(codec.pack(messages))).toEqual(messages);
    }));
  });

  it.skipIf(!isHere)('can be read whatever this process would write itself', () => {
    const messages = [plain('a'.repeat(500)), plain('b'.repeat(500))];
    expect(segmentCodec().unpack(segmentCodec({ compression }).pack(messages))).toEqual(messages);
  });
});

describe('segment codec', () => {
  const codec = segmentCodec();

  it('says in the first byte how it is compressed', () => {
    expect(segmentCodec({ compression: 'gzip' }).pack([plain('a'.repeat(500))])[0]).toBe(codecs.gzip);
    expect(codec.pack([plain('a'.repeat(500))])[0]).toBe(runtimeHasZstd() ? codecs.zstd : codecs.gzip);
  });

  it('does not compress what would grow', () => {
    const noise = Uint8Array.from({ length: 500 }, (_, index) => (index * index * 2_654_435_761) >>> 13);
    expect(codec.pack([plain('short')])[0]).toBe(codecs.none);
    expect(codec.pack([{ ...plain(''), body: { kind: 'binary', bytes: noise } }]).byteLength).toBeLessThan(520);
  });

  it('adds five bytes or fewer to a short body', () => {
    expect(codec.pack([plain('hello')]).byteLength).toBeLessThanOrEqual('hello'.length + 5);
  });

  it('reads rows that end before the parts that came later', () => {
    const bytes = (text: string) => [...new TextEncoder().encode(text)];
    const origin = [0x95, 0xa1, ...bytes('q'), 0xa1, ...bytes('i'), 0xa1, ...bytes('m'), 5, 2];
    const row = [0x95, 0xa1, ...bytes('b'), 0x90, 0x90, 0xc0, ...origin];
    expect(codec.unpack(Uint8Array.of(codecs.none, 0x92, ...row, 0x91, 0xa1, ...bytes('c')))).toEqual([
      { ...plain('b'), origin: { queue: 'q', incarnation: 'i', messageId: 'm', enqueuedAtMs: 5, receiveCount: 2, reason: 'maxReceiveCount' } },
      plain('c'),
    ]);
  });

  it('refuses a codec that it does not know, and bytes that are no segment', () => {
    expect(() => codec.unpack(Uint8Array.of(9, 1, 2))).toThrow('a segment with an unknown codec: 9');
    expect(() => codec.unpack(new Uint8Array())).toThrow('unknown codec');
    expect(() => codec.unpack(Uint8Array.of(codecs.none, 1))).toThrow('not a segment');
    expect(() => codec.unpack(Uint8Array.of(codecs.none, 0x91, 1))).toThrow('not a segment');
    expect(() => codec.unpack(Uint8Array.of(codecs.none, 0x91, 0x91, 1))).toThrow('not a segment');
    expect(() => codec.unpack(Uint8Array.of(codecs.gzip, ...deflateSync('x')))).toThrow('incorrect header check');
  });

  it('never throws anything but an Error on damaged bytes', () => {
    const packed = codec.pack([plain('a'.repeat(500)), plain('b')]);
    fc.assert(fc.property(fc.nat(packed.length - 1), fc.nat(255), (index, byte) => {
      const damaged = packed.slice();
      damaged[index] = byte;
      expect(thrownBy(() => codec.unpack(damaged)) ?? new Error('none')).toBeInstanceOf(Error);
    }));
  });

  it('does not unpack a bomb', () => {
    const bomb = gzipSync(Buffer.alloc(UNPACKED_BYTES_MAX + 1));
    expect(() => codec.unpack(Uint8Array.of(codecs.gzip, ...bomb))).toThrow(/larger than/);
  });
});
