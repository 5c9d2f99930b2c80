import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { actions } from '../../lib/protocol/native/actions.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { newCaller } from './caller.ts';

/** Well-formed requests with odd values in them, on the real core: whatever a caller can send is the caller's mistake, or none. */

const oddText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('work', 'dead', 's1-0', 'id000000000003-0', 'id000000000003-zzzzzzzzzzz'));
const oddTime = fc.constantFrom('0000-01-01T00:00:00Z', '1969-12-31T23:59:59.9999Z', '2027-01-31T12:00:00Z', '9999-12-31T23:59:59.9999Z');

const sent = fc.record({
  body: fc.string(), attributes: fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }), tags: fc.array(fc.string({ minLength: 1 }), { maxLength: 2 }),
  delaySeconds: fc.integer({ min: 0, max: 3_162_240_000 }), deliverAt: oddTime,
}, { requiredKeys: ['body'] });
const held = fc.record({ receiptHandle: oddText, visibilityTimeoutSeconds: fc.integer({ min: 0, max: 43_200 }) }, { requiredKeys: ['receiptHandle'] });
const named = fc.record({ messageId: oddText });
const batch = (entry: fc.Arbitrary<object>) => fc.record({ entries: fc.array(entry, { minLength: 1, maxLength: 3 }) });
const asked = fc.dictionary(
  fc.constantFrom('maxMessages', 'waitSeconds', 'visibilityTimeoutSeconds', 'delaySeconds', 'retentionSeconds', 'to', 'messageIds', 'deadLetter'),
  fc.oneof(fc.integer({ min: 0, max: 100 }), oddText, fc.array(oddText, { maxLength: 2 }), fc.constant({ queue: 'dead', maxReceiveCount: 1 })),
  { maxKeys: 2 },
);
/** When the clock of a test begins. */
const startMs = fakeClock().now();
const rewindTime = fc.oneof(oddTime, fc.constantFrom(-60_000, -1, 0, 1).map((ms) => new Date(startMs + ms).toISOString()));
const rewound = fc.record({
  from: fc.oneof(fc.record({ time: rewindTime }), fc.record({ messageId: oddText }), fc.record({ position: oddText })),
  to: rewindTime,
  filter: fc.record({
    tags: fc.array(oddText, { minLength: 1, maxLength: 2 }), attributes: fc.dictionary(fc.string(), fc.string(), { minKeys: 1, maxKeys: 2 }),
    messageIds: fc.array(oddText, { minLength: 1, maxLength: 3 }), outcome: fc.constantFrom('deleted', 'deadLettered'),
  }, { requiredKeys: [] }),
}, { requiredKeys: [] });
const replayed = fc.record({
  target: fc.constantFrom('dead', 'work', 'nowhere'), from: fc.oneof(oddTime.map((time) => ({ time })), oddText.map((messageId) => ({ messageId }))), to: oddTime,
  filter: fc.oneof(fc.constant({ outcome: 'deleted' }), fc.array(oddText, { minLength: 1, maxLength: 2 }).map((messageIds) => ({ messageIds }))),
  pace: fc.oneof(fc.double().map((speed) => ({ speed })), fc.double({ min: 0.01, max: 1e4, noNaN: true }).map((messagesPerSecond) => ({ messagesPerSecond }))),
}, { requiredKeys: [] });
const anyBody = fc.oneof(batch(sent), batch(held), batch(named), replayed, asked, rewound, fc.constant({}));

const anyQuery = fc.oneof(
  fc.constantFrom('', 'state=delayed', 'state=inFlight', 'limit=1', 'tag=%00', 'prefix=%F0%9F%8E%88'),
  oddText.map((text) => `cursor=${encoded(text)}`),
  oddTime.map((time) => `from=${time}`),
  oddTime.map((time) => `to=${time}`),
);

/** Half a surrogate pair cannot be percent-encoded. */
const encoded = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, ''));

async function newWorld() {
  const caller = newCaller();
  await caller.call('PUT', '/v1/queues/dead');
  await caller.call('PUT', '/v1/queues/work', { rewindSeconds: 86_400, deadLetter: { queue: 'dead', maxReceiveCount: 2 } });
  await caller.call('POST', '/v1/queues/work/messages', { entries: [{ body: 'a' }, { body: 'b', delaySeconds: 9 }] });
  return caller;
}

it.each(actions.map((action) => [`${action.method} ${action.path}`, action] as const))(
  '%s answers what its schema says, and never a 5xx, on the real core', async (_name, { method, path, reply }) => {
    const { call, deps } = await newWorld();
    const key = fc.constantFrom('', 'k', 'l');
    await fc.assert(fc.asyncProperty(anyBody, anyQuery, oddText, key, async (body, query, id, idempotencyKey) => {
      const target = path.replace('{queue}', 'work').replace(/\{\w+\}/, encoded(id));
      const isRead = method === 'GET' || method === 'DELETE';
      const headers = idempotencyKey === '' ? {} : { 'idempotency-key': idempotencyKey };
      const answer = await call(method, isRead ? `${target}?${query}` : target, isRead ? undefined : body, { headers });
      expect(deps.faults).toEqual([]);
      if (answer.status < 300) expect(reply.safeParse(answer.body).error).toBeUndefined();
    }), { numRuns: 100 });
  },
);
