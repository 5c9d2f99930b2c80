import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { beforeEach, describe, expect, it } from 'vitest';
import { operations } from '../../../lib/core/access-key/operations.ts';
import { actions } from '../../../lib/protocol/native/actions.ts';
import { actions as cmqActions } from '../../../lib/protocol/cmq/actions.ts';
import { type MemoryDeps, memoryDeps } from '../../support/memory-deps.ts';
import { newCaller, type Reply } from '../caller.ts';

const administrator = { id: 'AKIDops', secret: 'the secret of the administrator' };
const host = 'mq.example.com';

interface Credentials { readonly id: string; readonly secret: string }

interface NewKey { readonly accessKeyId: string; readonly secretAccessKey: string }

let deps: MemoryDeps;
let asAdministrator: (method: string, target: string, body?: unknown) => Promise<Reply>;

/** Somebody who signs every request as an AWS SDK does. */
function signing({ id, secret }: Credentials) {
  const { call } = newCaller({ ...deps, authentication: { administrator } });
  return async (method: string, target: string, body?: unknown, { lateMs = 0 } = {}): Promise<Reply> => {
    const signer = new SignatureV4({ service: 'execute-api', region: 'eu-west-1', credentials: { accessKeyId: id, secretAccessKey: secret }, sha256: Hash.bind(null, 'sha256') });
    const [path = '', query = ''] = target.split('?');
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { headers } = await signer.sign({
      method, path, query: Object.fromEntries(new URLSearchParams(query)), protocol: 'https:', hostname: host, headers: { host, 'content-type': 'application/json' },
      ...(text === undefined ? {} : { body: text }),
    }, { signingDate: new Date(deps.clock.now() - lateMs) });
    return call(method, target, text, { headers });
  };
}

async function issue(request: object = {}) {
  const { body } = await asAdministrator('POST', '/v1/access-keys', request);
  const { accessKeyId: id, secretAccessKey: secret } = body as NewKey;
  return { id, secret, act: signing({ id, secret }) };
}

beforeEach(() => {
  deps = memoryDeps();
  asAdministrator = signing(administrator);
});

const failed = { status: 401, headers: { 'www-authenticate': 'AWS4-HMAC-SHA256' }, body: { error: { code: 'AuthenticationFailed' } } };
const denied = { status: 403, body: { error: { code: 'AccessDenied' } } };

describe('where requests must be signed', () => {
  it('takes those that are, whatever is in them', async () => {
    expect(await asAdministrator('PUT', '/v1/queues/orders', {})).toMatchObject({ status: 201 });
    expect(await asAdministrator('POST', '/v1/queues/orders/messages', { entries: [{ body: 'é 日本 "\n' }] })).toMatchObject({ status: 200 });
    expect(await asAdministrator('GET', '/v1/queues?prefix=o&limit=1')).toMatchObject({ status: 200, body: { queues: [{ name: 'orders' }] } });
    expect(await asAdministrator('GET', '/v1/queues/orders')).toMatchObject({ status: 200 });
    expect(await asAdministrator('DELETE', '/v1/queues/orders')).toMatchObject({ status: 204 });
  });

  it('lets nobody else do anything', async () => {
    const { call } = newCaller({ ...deps, authentication: { administrator } });
    for (const { method, path } of actions.filter((action) => action.operation !== 'checkHealth')) {
      expect(await call(method, path.replaceAll(/\{\w+\}/g, 'x'))).toMatchObject(failed);
    }
    expect(await call('GET', '/v1/health')).toMatchObject({ status: 200 });
  });

  it('never says what was wrong with a key', async () => {
    const { id, secret } = await issue();
    const revoked = await issue();
    await asAdministrator('DELETE', `/v1/access-keys/${revoked.id}`);
    const expired = await issue({ expiresAt: new Date(deps.clock.now() + 1000).toISOString() });
    deps.clock.advance(1000);
    const list = (credentials: Credentials, lateMs = 0) => signing(credentials)('GET', '/v1/queues', undefined, { lateMs });
    const refusals = await Promise.all([
      list({ id: `${id.slice(0, -1)}_`, secret }), list({ id: `AKID${'x'.repeat(32)}`, secret }), list({ id, secret: `${secret}x` }), list({ id, secret: 'of no key' }),
      list(revoked), list(expired), list({ id, secret }, 301_000), list({ id, secret }, -301_000), list({ id: administrator.id, secret }),
    ]);
    for (const refusal of refusals) expect(refusal).toMatchObject(failed);
    expect(new Set(refusals.map(({ body }) => JSON.stringify((body as { error: object }).error))).size).toBe(1);
    expect(await list({ id, secret }, 299_000)).toMatchObject({ status: 200 });
  });

  it('tells later who asked for it', async () => {
    const { id, act } = await issue();
    await act('PUT', '/v1/queues/orders', { rewindSeconds: 3600 });
    await act('POST', '/v1/queues/orders/rewinds', { from: { time: new Date(deps.clock.now()).toISOString() } });
    expect(await act('GET', '/v1/queues/orders/rewinds')).toMatchObject({ body: { rewinds: [{ requestedBy: id }] } });
  });
});

describe('a scope', () => {
  it('of names leaves out what is there and what is not, alike', async () => {
    await asAdministrator('PUT', '/v1/queues/secret', {});
    const { act } = await issue({ names: ['orders-*'] });
    expect(await act('PUT', '/v1/queues/orders-eu', {})).toMatchObject({ status: 201 });
    expect(await act('PUT', '/v1/topics/orders-paid', {})).toMatchObject({ status: 201 });
    expect(await act('PUT', '/v1/topics/orders-paid/subscriptions/any-name', {})).toMatchObject({ status: 201 });
    const refusals = await Promise.all(['secret', 'nothing'].map((name) => act('POST', `/v1/queues/${name}/receive`, {})));
    for (const refusal of refusals) expect(refusal).toMatchObject(denied);
    expect(await act('POST', '/v1/topics/secret/subscriptions/orders-eu/receive', {})).toMatchObject(denied);
    expect(await act('GET', '/v1/queues')).toMatchObject({ body: { queues: [{ name: 'orders-eu' }] } });
    await asAdministrator('PUT', '/v1/topics/secret', {});
    expect(await act('GET', '/v1/topics')).toMatchObject({ body: { topics: [{ name: 'orders-paid' }] } });
  });

  it('is kept by lists, page by page: not even a cursor names another', async () => {
    for (const name of ['a', 'mine-1', 'n', 'mine-2', 'z']) await asAdministrator('PUT', `/v1/queues/${name}`, {});
    const { act } = await issue({ names: ['mine*'] });
    const first = await act('GET', '/v1/queues?limit=1');
    expect(first.body).toEqual({ queues: [expect.objectContaining({ name: 'mine-1' })], cursor: 'mine-1' });
    expect((await act('GET', '/v1/queues?cursor=mine-1&limit=1')).body).toEqual({ queues: [expect.objectContaining({ name: 'mine-2' })] });
    expect((await act('GET', '/v1/queues?cursor=mine-2')).body).toEqual({ queues: [] });
  });

  it('is kept by what an error tells of others', async () => {
    await asAdministrator('PUT', '/v1/queues/mine', {});
    await asAdministrator('PUT', '/v1/queues/secret', { deadLetter: { queue: 'mine', maxReceiveCount: 1 } });
    const { act } = await issue({ names: ['mine*'] });
    expect(await act('DELETE', '/v1/queues/mine')).toMatchObject({ status: 409, body: { error: { message: expect.stringMatching(/ of others$/), details: { usedBy: [] } } } });
    expect(await asAdministrator('DELETE', '/v1/queues/mine')).toMatchObject({ body: { error: { details: { usedBy: ['secret'] } } } });
  });

  it('of reading does not read bodies', async () => {
    await asAdministrator('PUT', '/v1/queues/mine', { rewindSeconds: 3600 });
    const { act } = await issue({ operations: ['read'] });
    expect(await act('POST', '/v1/queues/mine/rewinds/preview', { from: { time: new Date(deps.clock.now()).toISOString() } })).toMatchObject(denied);
  });

  it('lets no messages out of it by dead letters, pushes, replays or redrives', async () => {
    await asAdministrator('PUT', '/v1/queues/secret', {});
    await asAdministrator('PUT', '/v1/queues/inbox', {});
    const { act } = await issue({ names: ['mine*'] });
    await act('PUT', '/v1/queues/mine', { rewindSeconds: 3600 });
    await act('PUT', '/v1/topics/mine', {});
    const out = (queue: string) => [
      act('PUT', '/v1/queues/mine-b', { deadLetter: { queue, maxReceiveCount: 1 } }),
      act('PATCH', '/v1/queues/mine', { deadLetter: { queue, maxReceiveCount: 1 } }),
      act('POST', '/v1/queues/mine/replays', { target: queue, from: { time: new Date(deps.clock.now()).toISOString() } }),
      act('PUT', '/v1/topics/mine/subscriptions/a', { delivery: { type: 'queue', queue } }),
      act('PUT', '/v1/topics/mine/subscriptions/b', { deadLetter: { queue, maxReceiveCount: 1 } }),
      act('POST', '/v1/queues/mine/redrives', { to: queue }),
    ];
    for (const refusal of await Promise.all([...out('secret'), ...out('nothing')])) expect(refusal).toMatchObject(denied);
    expect(await act('GET', '/v1/queues/mine-b')).toMatchObject({ status: 404 });
    const { act: reader } = await issue({ names: ['mine*', 'inbox'], operations: ['createQueue', 'read'] });
    expect(await reader('PUT', '/v1/queues/mine-c', { deadLetter: { queue: 'inbox', maxReceiveCount: 1 } })).toMatchObject(denied);
    const { act: sender } = await issue({ names: ['mine*', 'inbox'], operations: ['manage', 'send'] });
    expect(await sender('PATCH', '/v1/queues/mine', { deadLetter: { queue: 'inbox', maxReceiveCount: 1 } })).toMatchObject({ status: 200 });
  });

  it('of operations holds in every action, also of subscriptions', async () => {
    await asAdministrator('PUT', '/v1/topics/t', {});
    await asAdministrator('PUT', '/v1/topics/t/subscriptions/s', {});
    const { act } = await issue({ operations: ['consume'] });
    for (const { method, path, claims } of actions.filter((action) => action.claims !== 'checkHealth')) {
      const reply = await act(method, path.replaceAll(/\{\w+\}/g, 'x'), method === 'GET' || method === 'DELETE' ? undefined : {});
      if (operations[claims] === 'consume') expect(reply.status).not.toBe(403);
      else expect(reply).toMatchObject(denied);
    }
    expect(await act('POST', '/v1/topics/t/subscriptions/s/receive', {})).toMatchObject({ status: 200 });
  });

  it('never has the administration of keys', async () => {
    const { act } = await issue();
    expect(await act('POST', '/v1/access-keys', {})).toMatchObject(denied);
    expect(await act('GET', '/v1/access-keys')).toMatchObject(denied);
  });
});

describe('the actions on keys', () => {
  it('tell the secret once', async () => {
    const created = await asAdministrator('POST', '/v1/access-keys', { description: 'shop', names: ['orders-*'], operations: ['send'], expiresAt: '2100-01-01T00:00:00Z' });
    expect(created).toMatchObject({
      status: 201,
      body: { state: 'active', description: 'shop', names: ['orders-*'], operations: ['send'], createdBy: 'AKIDops', expiresAt: '2100-01-01T00:00:00.000Z', secretAccessKey: expect.any(String) },
    });
    const { secretAccessKey, ...shown } = created.body as NewKey;
    expect(await asAdministrator('GET', `/v1/access-keys/${shown.accessKeyId}`)).toMatchObject({ status: 200, body: shown });
    for (const target of ['/v1/access-keys', `/v1/access-keys/${shown.accessKeyId}`]) {
      expect(JSON.stringify((await asAdministrator('GET', target)).body)).not.toContain(secretAccessKey);
    }
  });

  it('change and revoke', async () => {
    const { id, act } = await issue({ names: ['a'] });
    expect(await asAdministrator('PATCH', `/v1/access-keys/${id}`, { names: ['b'], expiresAt: null })).toMatchObject({ status: 200, body: { names: ['b'] } });
    expect(await act('PUT', '/v1/queues/b', {})).toMatchObject({ status: 201 });
    expect(await asAdministrator('DELETE', `/v1/access-keys/${id}`)).toMatchObject({ status: 200, body: { state: 'revoked', revokedAt: expect.any(String) } });
    expect(await act('GET', '/v1/queues/b')).toMatchObject(failed);
    expect(await asAdministrator('PATCH', `/v1/access-keys/${id}`, {})).toMatchObject({ status: 409, body: { error: { code: 'AccessKeyIsRevoked' } } });
    expect(await asAdministrator('GET', '/v1/access-keys')).toMatchObject({ body: { accessKeys: [{ accessKeyId: id, state: 'revoked' }] } });
  });

  it.each([
    [{ names: [] }, 'names must have 1 to 100 entries, has 0'],
    [{ names: 'orders' }, 'names'],
    [{ names: ['a b'] }, 'names[0] must be letters'],
    [{ operations: ['fly'] }, 'operations[0] must be one of *, send, consume, read, rewind, manage'],
    [{ description: 'x'.repeat(257) }, 'description must have 0 to 256 characters, has 257'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt must be later than now'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ secret: 'mine' }, 'secret'],
  ])('refuse %j', async (request, text) => {
    expect(await asAdministrator('POST', '/v1/access-keys', request)).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(text) } } });
  });

  it('need no signature where nothing does', async () => {
    const { call } = newCaller(deps);
    expect(await call('POST', '/v1/access-keys', {})).toMatchObject({ status: 201 });
  });
});

it('every action of every dialect is an operation that keys know', () => {
  expect(actions.map(({ claims }) => claims).filter((claims) => !Object.hasOwn(operations, claims))).toEqual([]);
  expect(cmqActions.map(({ operation }) => operation).filter((operation) => !Object.hasOwn(operations, operation))).toEqual([]);
  const claimed = new Set<string>([...actions.map(({ claims }) => claims), 'runArchiver']);
  expect(Object.keys(operations).filter((operation) => !claimed.has(operation))).toEqual([]);
});
