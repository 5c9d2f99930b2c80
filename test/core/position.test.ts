import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CallerError } from '../../lib/core/errors.ts';
import { messageIdAt, parseMessageId } from '../../lib/core/position.ts';

it('reads back every position it writes into a message id', () => {
  const shard = fc.stringMatching(/^[0-9a-z]{1,40}$/);
  fc.assert(fc.property(shard, fc.maxSafeNat(), (id, offset) => {
    expect(parseMessageId(messageIdAt({ shard: id, offset }))).toEqual({ shard: id, offset });
  }));
});

it.each(['', '-', 'shard-', '-5', 'shard', 'shard-5-6', 'shard-ZZ', 'sh/ard-5', 'shard-123456789012', `${'s'.repeat(41)}-1`])(
  'finds no message under %j', (messageId) => {
    expect(() => parseMessageId(messageId)).toThrow(CallerError);
  });

it('repeats only the beginning of an endless id', () => {
  expect(() => parseMessageId('x'.repeat(10_000))).toThrow(/^no message has the id x{64}$/);
});
