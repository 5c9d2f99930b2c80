import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { listRewinds } from '../../../lib/core/queue/list-rewinds.ts';
import { previewRewind } from '../../../lib/core/queue/preview-rewind.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { undoRewind } from '../../../lib/core/queue/undo-rewind.ts';
import { newCaller, refusal } from '../caller.ts';
import { message, messageOnTheWire, noon, noonMs, rewindRecord } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/preview-rewind.ts'));
vi.mock(import('../../../lib/core/queue/rewind-queue.ts'));
vi.mock(import('../../../lib/core/queue/list-rewinds.ts'));
vi.mock(import('../../../lib/core/queue/undo-rewind.ts'));

const ada = 'arn:aws:iam::123456789012:user/ada';
const { call } = newCaller();
const rewind = (body?: unknown, extras = {}) => call('POST', '/v1/queues/work/rewinds', body, extras);
const started = { rewindId: 'r1', effectiveAt: noon, from: noon };

beforeEach(() => {
  vi.mocked(rewindQueue).mockReset().mockResolvedValue(rewindRecord);
});

describe('a rewind', () => {
  it.each([
    [{ time: noon }, { atMs: noonMs }],
    [{ messageId: 's1-0' }, { messageId: 's1-0' }],
    [{ position: 's1-0' }, { position: 's1-0' }],
  ])('begins at %j', async (from, start) => {
    expect(await rewind({ from })).toMatchObject({ status: 202, body: started });
    expect(rewindQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', from: start });
  });

  it('hands window and filter on, and has taken effect when it is selective', async () => {
    vi.mocked(rewindQueue).mockResolvedValue({ ...rewindRecord, kind: 'selection' });
    const filter = { tags: ['a', 'b'], attributes: { kind: 'log' }, messageIds: ['s1-0'], outcome: 'deadLettered' };
    expect(await rewind({ from: { time: noon }, to: noon, filter })).toMatchObject({ status: 200, body: started });
    expect(rewindQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', from: { atMs: noonMs }, toMs: noonMs, filter });
  });

  it('may have ids instead of a start', async () => {
    await rewind({ filter: { messageIds: ['s1-0'] } });
    expect(rewindQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', filter: { messageIds: ['s1-0'] } });
  });

  it('knows who asked for it, where somebody does', async () => {
    await rewind({ from: { time: noon } }, { caller: ada });
    expect(rewindQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', from: { atMs: noonMs }, requestedBy: ada });
  });

  const parts = 'tags, attributes, messageIds, outcome';
  it.each([
    ['malformedRequest', { from: {} }, 'from must have exactly one of time, messageId, position'],
    ['malformedRequest', { from: { time: noon, messageId: 's1-0' } }, 'from must have exactly one of time, messageId, position'],
    ['malformedRequest', { from: { position: 's1-0', messageId: 's1-0' } }, 'from must have exactly one of time, messageId, position'],
    ['malformedRequest', { from: noon }, 'from must be an object, got a string'],
    ['malformedRequest', { from: { time: 'yesterday' } }, 'from.time must be an RFC 3339 time that exists, such as 2027-01-31T12:00:00Z'],
    ['malformedRequest', { from: { time: noonMs } }, 'from.time must be a string, got a number'],
    ['malformedRequest', { from: { offset: 1 } }, 'the body has no field from.offset'],
    ['malformedRequest', { to: '2027-02-30T12:00:00Z' }, 'to must be an RFC 3339 time that exists, such as 2027-01-31T12:00:00Z'],
    ['malformedRequest', { until: noon }, 'the body has no field until'],
    ['malformedRequest', { filter: {} }, `filter must have at least one of ${parts}`],
    ['malformedRequest', { filter: { tag: 'a' } }, `the body has no field filter.tag: it may have ${parts}`],
    ['malformedRequest', '{"filter": {"tags": ["a"], "__proto__": 1}}', `the body has no field filter.__proto__: it may have ${parts}`],
    ['malformedRequest', { filter: 'tags = a' }, 'filter must be an object, got a string'],
    ['malformedRequest', { filter: { outcome: 'ready' } }, 'filter.outcome must be one of deleted, deadLettered, got ready'],
    ['malformedRequest', { filter: { tags: 'a' } }, 'filter.tags must be an array, got a string'],
    ['malformedRequest', { filter: { attributes: {} } }, 'filter.attributes must have at least one attribute'],
    ['malformedRequest', { filter: { attributes: { kind: 1 } } }, 'filter.attributes.kind must be a text'],
    ['malformedRequest', { filter: { messageIds: [1] } }, 'filter.messageIds[0] must be a string, got a number'],
    ['parameterOutOfRange', { filter: { tags: [] } }, 'filter.tags must have 1 to 1000 entries, has 0'],
    ['parameterOutOfRange', { filter: { tags: [''] } }, 'filter.tags[0] must have 1 to 64 characters, has 0'],
    ['parameterOutOfRange', { filter: { messageIds: [] } }, 'filter.messageIds must have 1 to 1000 entries, has 0'],
    ['parameterOutOfRange', { filter: { messageIds: Array(1001).fill('s1-0') } }, 'filter.messageIds must have 1 to 1000 entries, has 1001'],
    ['parameterOutOfRange', { filter: { messageIds: Array(1000).fill('s'.repeat(63)) } }, 'filter must have 2 to 65536 bytes, has 66016'],
  ] as const)('is refused with %s for %j', async (kind, body, text) => {
    expect(await rewind(body)).toMatchObject(refusal(kind, text));
    expect(rewindQueue).not.toHaveBeenCalled();
  });

  it.each([
    'queueNotFound', 'rewindIsOff', 'rewindOutOfRange', 'messageNotFound', 'queueIsChanging', 'tooManyRewinds',
  ] as const)('answers %s', async (kind) => {
    vi.mocked(rewindQueue).mockRejectedValue(new CallerError(kind, 'why', { first: noon }));
    expect(await rewind({ from: { time: noon } })).toMatchObject(refusal(kind, 'why', { first: noon }));
  });
});

describe('a preview', () => {
  const figures = { messages: 3, bytes: 12, inFlight: 1, approximate: true };
  const preview = (body?: unknown) => call('POST', '/v1/queues/work/rewinds/preview', body);

  it('takes what a rewind takes, and says what it would hand out', async () => {
    const sample = [{ ...message, state: 'deleted', receiveCount: 0 }] as const;
    vi.mocked(previewRewind).mockResolvedValue({ ...figures, fromMs: noonMs, toMs: noonMs, sample });
    const reply = await preview({ from: { messageId: 's1-0' }, to: noon, filter: { tags: ['a'] } });
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ ...figures, from: noon, to: noon, sample: [{ ...messageOnTheWire, state: 'deleted', receiveCount: 0 }] });
    expect(previewRewind).toHaveBeenCalledWith(expect.anything(), { name: 'work', from: { messageId: 's1-0' }, toMs: noonMs, filter: { tags: ['a'] } });
    expect(rewindQueue).not.toHaveBeenCalled();
  });

  it('has no times of nothing', async () => {
    vi.mocked(previewRewind).mockResolvedValue({ ...figures, messages: 0, fromMs: undefined, toMs: undefined, sample: [] });
    expect((await preview({ from: { time: noon } })).body).toMatchObject({ from: null, to: null, sample: [] });
  });

  it.each(['queueNotFound', 'rewindIsOff', 'rewindOutOfRange', 'messageNotFound'] as const)('answers %s', async (kind) => {
    vi.mocked(previewRewind).mockRejectedValue(new CallerError(kind, 'why'));
    expect(await preview({ from: { time: noon } })).toMatchObject(refusal(kind, 'why'));
  });
});

describe('the list of rewinds', () => {
  it('says who, when, from where, and what became of it', async () => {
    const filter = { tags: ['a'], attributes: { kind: 'log' }, messageIds: ['s1-0'], outcome: 'deleted' } as const;
    vi.mocked(listRewinds).mockResolvedValue([
      { ...rewindRecord, rewindId: 'r2', kind: 'selection', toMs: noonMs, filter, requestedBy: ada, state: 'finished' },
      { ...rewindRecord, state: 'followed' },
    ]);
    const plain = { requestedAt: noon, effectiveAt: noon, from: noon };
    expect(await call('GET', '/v1/queues/work/rewinds')).toMatchObject({ status: 200 });
    expect((await call('GET', '/v1/queues/work/rewinds')).body).toEqual({ rewinds: [
      { ...plain, rewindId: 'r2', kind: 'selection', state: 'finished', requestedBy: ada, to: noon, filter },
      { ...plain, rewindId: 'r1', kind: 'rewind', state: 'followed' },
    ] });
  });

  it('has no start of a purge, and of an undo says what it undid', async () => {
    const { fromMs: _, ...noStart } = rewindRecord;
    vi.mocked(listRewinds).mockResolvedValue([
      { ...noStart, kind: 'undo', undoes: 'r0', state: 'inEffect' }, { ...noStart, kind: 'purge', state: 'undone' },
    ]);
    expect((await call('GET', '/v1/queues/work/rewinds')).body).toEqual({ rewinds: [
      { rewindId: 'r1', kind: 'undo', state: 'inEffect', undoes: 'r0', requestedAt: noon, effectiveAt: noon },
      { rewindId: 'r1', kind: 'purge', state: 'undone', requestedAt: noon, effectiveAt: noon },
    ] });
  });

  it('stops where an answer is full: filters may be long', async () => {
    const filter = { messageIds: Array.from({ length: 1000 }, () => 's'.repeat(60)) };
    vi.mocked(listRewinds).mockResolvedValue(Array.from({ length: 100 }, () => ({ ...rewindRecord, filter, state: 'finished' as const })));
    const { body } = await call('GET', '/v1/queues/work/rewinds');
    const { rewinds } = body as { readonly rewinds: readonly unknown[] };
    expect(rewinds.length).toBe(Math.floor(4 * 1024 * 1024 / JSON.stringify(rewinds[0]).length));
  });
});

describe('an undo', () => {
  it.each([undefined, {}])('says from when on it is in effect, asked with %j', async (body) => {
    const { fromMs: _, ...undo } = rewindRecord;
    vi.mocked(undoRewind).mockResolvedValue({ ...undo, rewindId: 'r2', kind: 'undo', undoes: 'r1' });
    const reply = await call('POST', '/v1/queues/work/rewinds/r1/undo', body, { caller: ada });
    expect(reply).toMatchObject({ status: 202, body: { rewindId: 'r2', effectiveAt: noon } });
    expect(undoRewind).toHaveBeenCalledWith(expect.anything(), { name: 'work', rewindId: 'r1', requestedBy: ada });
  });

  it.each(['queueNotFound', 'rewindNotFound', 'rewindNotUndoable', 'queueIsChanging'] as const)('answers %s', async (kind) => {
    vi.mocked(undoRewind).mockRejectedValue(new CallerError(kind, 'why'));
    expect(await call('POST', '/v1/queues/work/rewinds/r1/undo')).toMatchObject(refusal(kind, 'why'));
  });
});
