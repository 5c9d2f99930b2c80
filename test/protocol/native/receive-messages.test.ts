import { beforeEach, expect, it, vi } from 'vitest';
import { epochMs } from '../../../lib/core/time.ts';
import { limits } from '../../../lib/core/limits.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { newCaller, refusal } from '../caller.ts';
import { message, messageOnTheWire, noon, noonMs } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/receive-messages.ts'));

const { call } = newCaller();
const receive = (body?: unknown, extras = {}) => call('POST', '/v1/queues/work/receive', body, extras);

beforeEach(() => {
  vi.mocked(receiveMessages).mockReset().mockResolvedValue([]);
});

it('answers an empty list with 200', async () => {
  expect(await receive()).toMatchObject({ status: 200, body: { messages: [] } });
  expect(receiveMessages).toHaveBeenCalledWith(expect.anything(), { name: 'work', maxMessages: 1 });
});

it('shows a message with its handle', async () => {
  vi.mocked(receiveMessages).mockResolvedValue([{
    ...message, receiptHandle: 'h', firstReceivedAtMs: noonMs, receiveCount: 2, visibleAtMs: epochMs(noonMs + 30_000),
  }]);
  expect((await receive({ maxMessages: 10, waitSeconds: 20, visibilityTimeoutSeconds: 30 })).body).toEqual({
    messages: [{ ...messageOnTheWire, receiptHandle: 'h', firstReceiveTime: noon, receiveCount: 2, visibleAt: '2027-01-31T12:00:30.250Z' }],
  });
  expect(receiveMessages).toHaveBeenCalledWith(expect.anything(), {
    name: 'work', maxMessages: 10, waitSeconds: 20, visibilityTimeoutSeconds: 30,
  });
});

it('shows bytes as base64, and where a dead letter came from', async () => {
  vi.mocked(receiveMessages).mockResolvedValue([{
    ...message,
    body: { kind: 'binary', bytes: Uint8Array.of(9, 0, 255).subarray(1) },
    origin: { queue: 'work', incarnation: 'i1', messageId: 's0-7', enqueuedAtMs: noonMs, receiveCount: 3, reason: 'maxReceiveCount' },
    receiptHandle: 'h', firstReceivedAtMs: noonMs, receiveCount: 1, visibleAtMs: noonMs,
  }]);
  expect((await receive()).body).toMatchObject({
    messages: [{
      body: 'AP8=', encoding: 'base64',
      deadLetter: { queue: 'work', messageId: 's0-7', enqueueTime: noon, receiveCount: 3, reason: 'maxReceiveCount' },
    }],
  });
});

it('tells the core when the caller goes away', async () => {
  const { signal } = new AbortController();
  await receive({}, { signal });
  expect(receiveMessages).toHaveBeenCalledWith(expect.anything(), { name: 'work', maxMessages: 1, signal });
});

it.each([
  ['maxMessages', 'receiveMessages'], ['waitSeconds', 'waitSeconds'], ['visibilityTimeoutSeconds', 'visibilityTimeoutSeconds'],
] as const)('keeps %s within its limit, both ends included', async (field, limit) => {
  const { min, max, unit } = limits[limit];
  expect((await receive({ [field]: min })).status).toBe(200);
  expect((await receive({ [field]: max })).status).toBe(200);
  for (const value of [min - 1, max + 1]) {
    expect(await receive({ [field]: value })).toMatchObject(refusal(
      'parameterOutOfRange', `${field} must be a whole number from ${min} to ${max} ${unit}, got ${value}`, { field, min, max, unit, value },
    ));
  }
});

it.each([
  [{ maxMessages: '1' }, 'maxMessages must be a number, got a string'],
  [{ maxNumberOfMessages: 1 }, 'the body has no field maxNumberOfMessages'],
  [null, 'the body must be an object, got null'],
])('refuses %j: %s', async (body, text) => {
  expect(await receive(body)).toMatchObject(refusal('malformedRequest', text));
});
