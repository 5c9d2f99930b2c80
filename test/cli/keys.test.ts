import { beforeEach, describe, expect, it } from 'vitest';
import { createAccessKey } from '../../lib/core/access-key/create-access-key.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { type MemoryDeps, memoryDeps } from '../support/memory-deps.ts';
import { serving } from '../wire/cmq/served.ts';
import { answering } from './support/answering.ts';
import { type Printed, terminal } from './support/terminal.ts';

const administrator = { id: 'AKIDops', secret: 'the-secret-of-the-administrator' };
const serve = serving();
const { serve: serveOther } = answering();

let deps: MemoryDeps;
let environment: Readonly<Record<string, string>>;
let keys: (...args: readonly string[]) => Promise<Printed>;

beforeEach(async () => {
  // Signatures are of this very moment, whatever clock a test would like.
  deps = memoryDeps({ clock: fakeClock(Date.now()) });
  const { port } = await serve({ ...deps, authentication: { administrator } });
  environment = { REWINDMQ_ENDPOINT: `http://127.0.0.1:${port}`, REWINDMQ_ACCESS_KEY: `${administrator.id}:${administrator.secret}` };
  keys = (...args) => terminal({ environment })('keys', ...args);
});

interface Issued { readonly accessKeyId: string; readonly secretAccessKey: string }

async function issue(...flags: readonly string[]): Promise<Issued> {
  const { out } = await keys('create', '--json', ...flags);
  return JSON.parse(out) as Issued;
}

describe('keys create', () => {
  it('prints id and secret, what the key is for, and that the secret is not told again', async () => {
    const { exitCode, out, err } = await keys('create', '--description', 'order service', '--names', 'orders-*,jobs', '--operations', 'send,consume', '--expires', '2999-06-30T00:00:00Z');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^id +AKID[A-Za-z0-9]{32}$/),
      expect.stringMatching(/^secret +[A-Za-z0-9]{32}$/),
      'state        active',
      'description  order service',
      'names        orders-*, jobs',
      'operations   send, consume',
      expect.stringMatching(/^created {6}20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ by AKIDops$/),
      'expires      2999-06-30T00:00:00Z',
      '',
      'The secret is not told again: keep it now.',
      '',
    ]);
  });

  it('prints the answer of the API with --json', async () => {
    const answer = await issue();
    expect(answer).toEqual({
      accessKeyId: expect.stringMatching(/^AKID/), secretAccessKey: expect.stringMatching(/^[A-Za-z0-9]{32}$/), state: 'active', description: '',
      names: ['*'], operations: ['*'], createdAt: expect.stringMatching(/Z$/), createdBy: 'AKIDops',
    });
  });

  it('issues a key that ends as long from now as was said', async () => {
    const nowMs = deps.clock.now();
    const { out } = await terminal({ environment, nowMs })('keys', 'create', '--json', '--expires-in', '12h');
    expect(JSON.parse(out)).toMatchObject({ expiresAt: new Date(nowMs + 12 * 3_600_000).toISOString() });
  });

  it('says that a key was issued whose secret could not be written down', async () => {
    const print = async () => { throw new Error('no space left on device'); };
    const { exitCode, err } = await terminal({ environment, print })('keys', 'create');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/no space left on device\nThe access key AKID\w{32} was issued, .*revoke it/) });
  });

  it('warns of a secret that came over a network unencrypted, once it is there', async () => {
    const issued = { accessKeyId: 'AKIDa', secretAccessKey: 'shhh', state: 'active', description: '', names: ['*'], operations: ['*'], createdAt: '2026-06-30T00:00:00Z' };
    const url = await serveOther((request, response) => void response.end(JSON.stringify(request.method === 'POST' ? issued : { accessKeys: [] })));
    const elsewhere = url.replace('127.0.0.1', '0.0.0.0');
    expect(await keys('create', '--endpoint', elsewhere)).toMatchObject({ exitCode: 0, err: expect.stringMatching(/^Warning: the secret crossed the network unencrypted, from http:\/\/0\.0\.0\.0:/) });
    expect(await keys('create', '--endpoint', url)).toMatchObject({ exitCode: 0, err: '' });
    expect(await keys('list', '--endpoint', elsewhere)).toMatchObject({ exitCode: 0, err: '' });
  });

  it('issues keys that sign in, but issue none', async () => {
    const { accessKeyId, secretAccessKey } = await issue();
    const asIssued = terminal({ environment: { ...environment, REWINDMQ_ACCESS_KEY: `${accessKeyId}:${secretAccessKey}` } });
    const { exitCode, out, err } = await asIssued('keys', 'create');
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(/^AccessDenied: .* \(request id \S+\)\nThe request was signed with the access key AKID/);
    expect(err).not.toContain(secretAccessKey);
  });
});

describe('keys list', () => {
  it('prints a table without a secret', async () => {
    const first = await issue('--description', 'order service', '--names', 'orders');
    const second = await issue('--operations', 'send,consume,describeQueue,describeTopic,listQueues', '--expires', '2999-06-30T00:00:00Z');
    await keys('revoke', second.accessKeyId);
    const { exitCode, out } = await keys('list');
    const [head, ...rows] = out.trimEnd().split('\n').map((line) => line.split(/ {2,}/));
    expect({ exitCode, head }).toEqual({ exitCode: 0, head: ['ID', 'STATE', 'NAMES', 'OPERATIONS', 'EXPIRES', 'DESCRIPTION'] });
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(expect.arrayContaining([
      [first.accessKeyId, 'active', 'orders', '*', 'never', 'order service'],
      [second.accessKeyId, 'revoked', '*', 'send, consume, describeQueue, describeT…', '2999-06-30T00:00:00Z'],
    ]));
    expect(out).not.toContain(first.secretAccessKey);
  });

  it('says so when there are none', async () => {
    expect(await keys('list')).toEqual({ exitCode: 0, out: 'There are no access keys.\n', err: '' });
    expect(await keys('list', '--json')).toMatchObject({ out: '{\n  "accessKeys": []\n}\n' });
  });

  it('has the keys of all pages', async () => {
    const moreThanAPage = Array.from({ length: 1001 }, () => createAccessKey(deps, {}));
    const ids = (await Promise.all(moreThanAPage)).map(({ accessKey }) => accessKey.id);
    const { out } = await keys('list', '--json');
    const { accessKeys } = JSON.parse(out) as { readonly accessKeys: readonly Issued[] };
    expect(accessKeys.map(({ accessKeyId }) => accessKeyId).toSorted()).toEqual(ids.toSorted());
  });

  it('lets no description steer the terminal', async () => {
    await issue('--description', 'a\u001B[2Jb\nc\u202Ed');
    expect((await keys('list')).out).toContain('a?[2Jb?c?d');
  });
});

describe('keys show, change, revoke', () => {
  it('shows a key without its secret', async () => {
    const { accessKeyId, secretAccessKey } = await issue('--names', 'orders');
    const { exitCode, out } = await keys('show', accessKeyId);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/^id +AKID\w+\nstate +active\nnames +orders\n/) });
    expect(out).not.toContain(secretAccessKey);
  });

  it('changes what is said, and leaves the rest', async () => {
    const { accessKeyId } = await issue('--names', 'orders', '--operations', 'send', '--expires', '2999-06-30T00:00:00Z');
    const { exitCode, out } = await keys('change', accessKeyId, '--operations', 'send,read', '--expires', 'never');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/names +orders\noperations +send, read\n[^]*expires +never\n\nIt is in force everywhere within 10 seconds/) });
  });

  it('revokes a key, and once more', async () => {
    const { accessKeyId } = await issue();
    for (const _ of ['first', 'again']) {
      expect(await keys('revoke', accessKeyId)).toEqual({ exitCode: 0, err: '', out: expect.stringMatching(/state +revoked\n[^]*revoked +20/) });
    }
    expect(await keys('change', accessKeyId, '--names', 'a')).toEqual({ exitCode: 1, out: '', err: expect.stringMatching(/^AccessKeyIsRevoked: .*request id/) });
  });

  it.each([['show'], ['revoke'], ['change', '--names', 'a']])('tells code, text and request id when there is none: %s', async (command, ...flags) => {
    expect(await keys(command, 'AKIDnone', ...flags)).toEqual({ exitCode: 1, out: '', err: expect.stringMatching(/^AccessKeyNotFound: .* \(request id id\w+\)\n$/) });
  });
});

describe('who is not let in', () => {
  it('is told how to sign', async () => {
    const { REWINDMQ_ENDPOINT } = environment as { readonly REWINDMQ_ENDPOINT: string };
    const { exitCode, err } = await terminal({ environment: { REWINDMQ_ENDPOINT } })('keys', 'list');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/^AuthenticationFailed: [^]*not signed: set REWINDMQ_ACCESS_KEY=ID:SECRET/) });
  });

  it('is not shown the secret that was wrong', async () => {
    const { exitCode, err } = await terminal({ environment: { ...environment, REWINDMQ_ACCESS_KEY: 'AKIDops:hunter2hunter2' } })('keys', 'list');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/^AuthenticationFailed: [^]*signed with the access key AKIDops of REWINDMQ_ACCESS_KEY/) });
    expect(err).not.toContain('hunter2');
  });

  it('needs no key where nothing need be signed', async () => {
    const { port } = await serve();
    expect(await terminal()('keys', 'list', '--endpoint', `http://127.0.0.1:${port}/`)).toMatchObject({ exitCode: 0 });
  });
});
