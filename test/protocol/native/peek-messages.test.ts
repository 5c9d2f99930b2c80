import { beforeEach, expect, it, vi } from 'vitest';
import { peekMessages } from '../../../lib/core/queue/peek-messages.ts';
import { newCaller, refusal } from '../caller.ts';
import { message, messageOnTheWire, noon, noonMs } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/peek-messages.ts'));

const { call } = newCaller();
const peek = (query = '') => call('GET', `/v1/queues/work/messages${query}`);

beforeEach(() => {
  vi.mocked(peekMessages).mockReset().mockResolvedValue({ messages: [] });
});

it('shows ten ready messages when nothing is said', async () => {
  vi.mocked(peekMessages).mockResolvedValue({ messages: [{ ...message, state: 'ready', receiveCount: 0 }], cursor: 'c' });
  expect((await peek()).body).toEqual({ messages: [{ ...messageOnTheWire, state: 'ready', receiveCount: 0 }], cursor: 'c' });
  expect(peekMessages).toHaveBeenCalledWith(expect.anything(), { name: 'work', state: 'ready', limit: 10 });
});

it('shows when a message was received and when it comes back', async () => {
  vi.mocked(peekMessages).mockResolvedValue({
    messages: [{ ...message, state: 'inFlight', receiveCount: 1, firstReceivedAtMs: noonMs, visibleAtMs: noonMs }],
  });
  expect((await peek('?state=inFlight')).body).toMatchObject({ messages: [{ state: 'inFlight', firstReceiveTime: noon, visibleAt: noon }] });
});

it('hands every filter on', async () => {
  await peek('?state=delayed&tag=a+b&from=2027-01-31T12:00:00.25Z&to=2027-01-31T13:00:00.25+01:00&limit=100&cursor=c');
  expect(peekMessages).toHaveBeenCalledWith(expect.anything(), {
    name: 'work', state: 'delayed', tag: 'a b', fromMs: noonMs, toMs: noonMs, limit: 100, cursor: 'c',
  });
});

it.each([
  ['malformedRequest', '?state=deleted', 'state must be one of ready, inFlight, delayed, got deleted'],
  ['malformedRequest', '?from=yesterday', 'from must be an RFC 3339 time that exists, such as 2027-01-31T12:00:00Z'],
  ['malformedRequest', '?id=s1-0', 'the query has no field id'],
  ['parameterOutOfRange', '?limit=101', 'limit must be a whole number from 1 to 100 messages, got 101'],
  ['parameterOutOfRange', '?limit=0', 'limit must be a whole number from 1 to 100 messages, got 0'],
] as const)('refuses with %s %s', async (kind, query, text) => {
  expect(await peek(query)).toMatchObject(refusal(kind, text));
});
