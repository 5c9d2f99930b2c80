import { describe, expect, it } from 'vitest';
import { segmentKey } from '../../lib/storage/items/keys.ts';
import { publicationsIn } from '../../lib/wiring/publications.ts';

const recordOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }, SequenceNumber: string) =>
  ({ dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, SequenceNumber } });

describe('a record of the stream', () => {
  it('names the topic whose log the segment is in', () => {
    const segments = [segmentKey({ log: 't1', shard: 'a', base: 7 }), segmentKey({ log: 't2', shard: 'b', base: 0 })];
    expect(publicationsIn(segments.map((key, at) => recordOf(key, `n${at}`)))).toEqual([{ topic: 't1', id: 'n0' }, { topic: 't2', id: 'n1' }]);
  });

  it('of anything else is a mistake of the event source', () => {
    expect(() => publicationsIn([recordOf({ pk: 'q/t1', sk: 'D' }, 'n0')])).toThrow('not a key of that kind');
    expect(() => publicationsIn([{}])).toThrow('not a key of that kind');
  });
});
