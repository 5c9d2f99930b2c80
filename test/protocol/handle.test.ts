import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CallerError, type CallerErrorKind, ObjectUnreadable, StoreUnavailable } from '../../lib/core/errors.ts';
import { limits } from '../../lib/core/limits.ts';
import { describeQueue } from '../../lib/core/queue/describe-queue.ts';
import { callerErrorCodes } from '../../lib/protocol/native/error-codes.ts';
import { newCaller, refusal } from './caller.ts';

vi.mock(import('../../lib/core/queue/describe-queue.ts'));

const { call, deps } = newCaller();
const send = (body: unknown) => call('POST', '/v1/queues/work/messages', body);

beforeEach(() => {
  deps.faults.length = 0;
});

describe('errors', () => {
  const kinds = Object.keys(callerErrorCodes) as CallerErrorKind[];

  it.each(kinds)('renders %s with its status, its code and the request id', async (kind) => {
    vi.mocked(describeQueue).mockRejectedValue(new CallerError(kind, 'why', { field: 'x' }));
    const reply = await call('GET', '/v1/queues/work');
    const requestId = reply.headers['x-request-id'];
    expect(requestId).toMatch(/^\w+$/);
    expect(reply.status).toBe(callerErrorCodes[kind].status);
    expect(reply.body).toEqual({ error: { code: callerErrorCodes[kind].code, message: 'why', details: { field: 'x' } }, requestId });
    expect(deps.faults).toEqual([]);
  });

  it('gives each kind a code of its own, all of them of a 4xx', () => {
    const rows = Object.values(callerErrorCodes);
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
    expect(rows.filter(({ status }) => status < 400 || status > 499)).toEqual([]);
  });

  it('repeats only so much of a request', async () => {
    const messageId = 'x'.repeat(1_000_000);
    vi.mocked(describeQueue).mockRejectedValue(new CallerError('messageNotFound', `no message ${messageId}`, { messageId, count: 1 }));
    const { body } = await call('GET', '/v1/queues/work');
    expect(body).toMatchObject({ error: { details: { messageId: `${'x'.repeat(300)}…`, count: 1 } } });
    expect(JSON.stringify(body).length).toBeLessThan(1000);
  });

  it('answers 503 with Retry-After when the store is unavailable, and reports the cause', async () => {
    const fault = new StoreUnavailable('table throttled', { outcome: 'refused' });
    vi.mocked(describeQueue).mockRejectedValue(fault);
    const reply = await call('GET', '/v1/queues/work');
    expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { error: { code: 'TryAgain' } } });
    expect(deps.faults).toMatchObject([{ cause: fault }]);
  });

  it('names the object that cannot be read, and reports it as such', async () => {
    const fault = new ObjectUnreadable('archive/31d/x.parquet', 'it is missing');
    vi.mocked(describeQueue).mockRejectedValue(fault);
    expect(await call('GET', '/v1/queues/work')).toMatchObject({ status: 500, body: { error: {
      code: 'ObjectUnreadable', message: 'the object archive/31d/x.parquet cannot be read: it is missing', details: { objectKey: 'archive/31d/x.parquet' },
    } } });
    expect(deps.faults).toEqual([fault]);
  });

  it('tells nothing of a bug but the request id, and reports it in full', async () => {
    const bug = new TypeError('secret of line 7');
    vi.mocked(describeQueue).mockRejectedValue(bug);
    const reply = await call('GET', '/v1/queues/work');
    const requestId = reply.headers['x-request-id'];
    expect(reply.status).toBe(500);
    expect(reply.body).toEqual({ error: { code: 'InternalError', message: 'internal error', details: {} }, requestId });
    expect(deps.faults).toMatchObject([{ cause: bug, message: expect.stringContaining(requestId ?? '') }]);
  });

  it('gives every request an id of its own', async () => {
    const ids = await Promise.all([call('GET', '/v1/health'), call('GET', '/v1/health')]);
    expect(new Set(ids.map(({ headers }) => headers['x-request-id'])).size).toBe(2);
  });
});

describe('routes', () => {
  it('says that it is alive', async () => {
    expect(await call('GET', '/v1/health')).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' }, body: { status: 'ok' } });
  });

  it.each(['', '/v1', '/v1/', '/v2/queues', '/v1/queue', '/v1/queues/', '/v1/queues//messages', '/v1/queues/work/messages/', '/V1/health'])(
    'knows nothing at %j', async (path) => {
      expect(await call('GET', path)).toMatchObject(refusal('routeNotFound', `there is nothing at ${path}`, { path }));
    },
  );

  it.each([
    ['POST', '/v1/queues', 'GET'],
    ['HEAD', '/v1/queues/work', 'PUT, GET, PATCH, DELETE'],
    ['GET', '/v1/queues/work/receive', 'POST'],
    ['DELETE', '/v1/queues/work/messages', 'POST, GET'],
    ['get', '/v1/health', 'GET'],
  ])('does not allow %s %s, and says what it does', async (method, path, allow) => {
    const reply = await call(method, path);
    expect(reply).toMatchObject(refusal('methodNotAllowed', `${method} is not one of ${allow}`));
    expect(reply.headers['allow']).toBe(allow);
  });

  it('decodes a path, and refuses what it cannot decode', async () => {
    await call('GET', '/v1/queues/%77ork');
    expect(describeQueue).toHaveBeenLastCalledWith(expect.anything(), { name: 'work' });
    expect(await call('GET', '/v1/queues/%E0%A4%A')).toMatchObject(refusal('malformedRequest', 'broken percent-encoding: %E0%A4%A'));
  });
});

describe('bodies', () => {
  it.each(['{', '"', 'entries=1', '{"entries": [}', '\u0000', ' '])('refuses %j: it is not JSON', async (body) => {
    expect(await send(body)).toMatchObject(refusal('malformedRequest', 'the body is not JSON'));
  });

  it('refuses bytes that are not UTF-8', async () => {
    expect(await send(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject(refusal('malformedRequest', 'the body is not UTF-8'));
  });

  it('reads a body of the largest size and refuses one byte more', async () => {
    const { max } = limits.requestBytes;
    expect(await send(new Uint8Array(max).fill(0x20))).toMatchObject(refusal('malformedRequest', 'the body is not JSON'));
    expect(await send(new Uint8Array(max + 1).fill(0x20))).toMatchObject(
      refusal('requestTooLarge', `the body must be at most ${max} bytes, got ${max + 1}`, { field: 'body', max, value: max + 1 }),
    );
  });

  it('survives nesting without end', async () => {
    expect(await send('['.repeat(100_000) + ']'.repeat(100_000))).toMatchObject(
      refusal('malformedRequest', 'the body must be an object, got an array'),
    );
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    expect(await send(`{"entries":[{"body":${deep}}]}`)).toMatchObject(
      refusal('malformedRequest', 'entries[0].body must be a string, got an object'),
    );
  });

  it.each([
    [`{"entries":[${'0,'.repeat(2_000_000)}0]}`, 'entries must have 1 to 1000 entries, has 2000001'],
    [`{"entries":[{"body":"a","tags":[${'0,'.repeat(2_000_000)}0]}]}`, 'entries[0].tags must have 0 to 5 tags, has 2000001'],
    [
      `{"entries":[{"body":"a","attributes":{${Array.from({ length: 300_000 }, (_, index) => `"${index}":0`).join()}}}]}`,
      'entries[0].attributes must have 0 to 20 attributes, has 300000',
    ],
  ])('counts before it looks at each', async (body, text) => {
    expect(await send(body)).toMatchObject(refusal('parameterOutOfRange', text));
  });

  it('clips what it repeats of a request', async () => {
    const reply = await send({ ['x'.repeat(1_000_000)]: 1 });
    expect(reply.status).toBe(400);
    expect(JSON.stringify(reply.body).length).toBeLessThan(1000);
  });
});
