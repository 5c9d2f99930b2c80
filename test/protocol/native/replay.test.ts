import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { cancelReplay, listReplays, readReplay, skippedBy, startReplay } from '../../../lib/core/queue/replay.ts';
import { newCaller, refusal } from '../caller.ts';
import { noon, noonMs, replayJob, replayOnTheWire } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/replay.ts'));

const { call } = newCaller();
const start = (body?: unknown, extras = {}) => call('POST', '/v1/queues/work/replays', body, extras);
const from = { time: noon };

beforeEach(() => {
  vi.mocked(startReplay).mockReset().mockResolvedValue(replayJob);
  vi.mocked(skippedBy).mockReturnValue(1);
});

it('starts one with all that it is asked', async () => {
  const filter = { tags: ['a'], outcome: 'deleted' };
  const ada = 'arn:aws:iam::123456789012:user/ada';
  expect(await start({ from, to: noon, filter, target: 'copies', pace: { speed: 2.5 } }, { caller: ada })).toMatchObject({ status: 202, body: replayOnTheWire });
  expect(startReplay).toHaveBeenCalledWith(expect.anything(), {
    name: 'work', from: { atMs: noonMs }, toMs: noonMs, filter, target: 'copies', pace: { speed: 2.5 }, requestedBy: ada,
  });
});

it.each([
  [{ from, target: 'copies' }, { from: { atMs: noonMs }, target: 'copies' }],
  [{ from: { position: 's1-0' }, target: 'copies' }, { from: { position: 's1-0' }, target: 'copies' }],
  [{ filter: { messageIds: ['s1-0'] }, target: 'copies' }, { filter: { messageIds: ['s1-0'] }, target: 'copies' }],
  [{ from, target: 'copies', pace: { messagesPerSecond: 0.5 } }, { from: { atMs: noonMs }, target: 'copies', pace: { messagesPerSecond: 0.5 } }],
])('starts one of %j', async (body, request) => {
  expect(await start(body)).toMatchObject({ status: 202 });
  expect(startReplay).toHaveBeenCalledWith(expect.anything(), { name: 'work', ...request });
});

it.each([
  ['malformedRequest', undefined, 'target is missing'],
  ['malformedRequest', { from }, 'target is missing'],
  ['malformedRequest', { from, target: 'a b' }, 'target must be a letter, then letters, digits, "-" or "_"'],
  ['malformedRequest', { from, target: 'copies', pace: {} }, 'pace must have exactly one of speed, messagesPerSecond'],
  ['malformedRequest', { from, target: 'copies', pace: { speed: 1, messagesPerSecond: 1 } }, 'pace must have exactly one of speed, messagesPerSecond'],
  ['malformedRequest', { from, target: 'copies', pace: 'fast' }, 'pace must be an object, got a string'],
  ['malformedRequest', { from, target: 'copies', pace: { speed: '1' } }, 'pace.speed must be a number, got a string'],
  ['malformedRequest', { from, target: 'copies', pace: { factor: 1 } }, 'the body has no field pace.factor'],
  ['parameterOutOfRange', { from, target: 'copies', pace: { speed: 0 } }, 'pace.speed must be a number from 0.01 to 1000 times, got 0'],
  ['parameterOutOfRange', { from, target: 'copies', pace: { messagesPerSecond: 10_001 } }, 'pace.messagesPerSecond must be a number from 0.01 to 10000 messages, got 10001'],
  ['malformedRequest', { from: {}, target: 'copies' }, 'from must have exactly one of time, messageId, position'],
  ['malformedRequest', { from, target: 'copies', filter: {} }, 'filter must have at least one of tags, attributes, messageIds, outcome'],
  ['malformedRequest', { from, to: 'now', target: 'copies' }, 'to must be an RFC 3339 time that exists, such as 2027-01-31T12:00:00Z'],
  ['malformedRequest', { from, target: 'copies', speed: 1 }, 'the body has no field speed'],
] as const)('refuses with %s %j', async (kind, body, text) => {
  expect(await start(body)).toMatchObject(refusal(kind, text));
  expect(startReplay).not.toHaveBeenCalled();
});

it('says how far one is, and who has it', async () => {
  vi.mocked(readReplay).mockResolvedValue({
    ...replayJob, filter: { tags: ['a'] }, pace: { speed: 1 }, requestedBy: 'ada', reachedAtMs: noonMs, notBeforeMs: noonMs, runnerUntilMs: noonMs,
  });
  expect((await call('GET', '/v1/queues/work/replays/p1')).body).toEqual({
    ...replayOnTheWire, filter: { tags: ['a'] }, pace: { speed: 1 }, requestedBy: 'ada', position: noon, nextCopyAt: noon, runnerUntil: noon,
  });
  expect(readReplay).toHaveBeenCalledWith(expect.anything(), { name: 'work', replayId: 'p1' });
});

it('says why one has failed', async () => {
  vi.mocked(readReplay).mockResolvedValue({ ...replayJob, state: 'failed', failure: 'targetDeleted', notBeforeMs: noonMs });
  expect((await call('GET', '/v1/queues/work/replays/p1')).body).toEqual({ ...replayOnTheWire, state: 'failed', failure: 'targetDeleted' });
});

it('cancels one', async () => {
  vi.mocked(cancelReplay).mockResolvedValue({ ...replayJob, state: 'cancelled' });
  expect(await call('DELETE', '/v1/queues/work/replays/p1')).toMatchObject({ status: 200, body: { ...replayOnTheWire, state: 'cancelled' } });
  expect(cancelReplay).toHaveBeenCalledWith(expect.anything(), { name: 'work', replayId: 'p1' });
});

it.each(['GET', 'DELETE'])('%s answers replayNotFound', async (method) => {
  vi.mocked(method === 'GET' ? readReplay : cancelReplay).mockRejectedValue(new CallerError('replayNotFound', 'why'));
  expect(await call(method, '/v1/queues/work/replays/p2')).toMatchObject(refusal('replayNotFound', 'why'));
});

it('lists those of a queue, as many as one answer takes', async () => {
  vi.mocked(listReplays).mockResolvedValue([replayJob, replayJob]);
  expect((await call('GET', '/v1/queues/work/replays')).body).toEqual({ replays: [replayOnTheWire, replayOnTheWire] });
  const long = { ...replayJob, filter: { messageIds: Array.from({ length: 1000 }, () => 'x'.repeat(60)) } };
  vi.mocked(listReplays).mockResolvedValue(Array.from({ length: 100 }, () => long));
  const { replays } = (await call('GET', '/v1/queues/work/replays')).body as { replays: unknown[] };
  expect(replays.length).toBeLessThan(100);
  expect(JSON.stringify(replays).length).toBeLessThanOrEqual(limits.answerBytes.max + 1000);
});
