import * as fc from 'fast-check';
import type { MessageContent } from '../../lib/core/message.ts';
import { epochMs } from '../../lib/core/time.ts';

/** Up to the last instant of the year 9999. */
export const anyInstant = fc.integer({ min: 0, max: 253_402_300_799_999 }).map(epochMs);
/** Whole characters of all of Unicode: a body arrives as UTF-8, which has no halves of pairs. */
export const anyText = fc.string({ unit: 'binary' });

/** Every kind of message there can be. */
export const anyMessage: fc.Arbitrary<MessageContent> = fc.record({
  body: fc.oneof(
    anyText.map((body) => ({ kind: 'text', text: body }) as const),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ kind: 'binary', bytes: Uint8Array.from(bytes) }) as const),
  ),
  attributes: fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', '0')), anyText, { noNullPrototype: true }),
  tags: fc.array(anyText, { maxLength: 5 }),
  dueAtMs: anyInstant,
  routingKey: anyText,
  origin: fc.record({
    queue: anyText, incarnation: anyText, messageId: anyText, enqueuedAtMs: anyInstant, receiveCount: fc.nat(), reason: fc.constantFrom('maxReceiveCount', 'maxAgeSeconds'),
  }),
  replay: fc.record({ replayId: anyText, messageId: anyText, enqueuedAtMs: anyInstant }),
}, { requiredKeys: ['body', 'attributes', 'tags'] });
