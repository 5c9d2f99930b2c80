import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { deferred } from '../local/support/deferred.ts';
import { answering } from './support/answering.ts';
import { terminal } from './support/terminal.ts';

const { serve, stop } = answering();
const secret = 'q3Zt8LmN5vXc2BaS7dFg9HjK1pWe4RyU';

const answer = (response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}): void =>
  void response.writeHead(status, headers).end(body);

describe('a server that', () => {
  it('is not there: where, and what to do', async () => {
    const endpoint = await serve(() => {});
    await stop(endpoint);
    const { exitCode, out, err } = await terminal()('keys', 'create', '--endpoint', endpoint);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(/^http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED.*\n.*npm start.*--endpoint URL or REWINDMQ_ENDPOINT/);
    expect(err).not.toContain('issued all the same');
  });

  it('hangs up: a list can be asked for again, of a key it is not known', async () => {
    let requests = 0;
    const endpoint = await serve((request) => {
      requests += 1;
      request.socket.destroy();
    });
    const list = await terminal()('keys', 'list', '--endpoint', endpoint);
    expect(list).toEqual({ exitCode: 1, out: '', err: expect.stringMatching(/did not answer: [^\n]+\n$/) });
    const create = await terminal()('keys', 'create', '--endpoint', endpoint);
    expect(create).toEqual({ exitCode: 1, out: '', err: expect.stringMatching(/did not answer: .*\nPerhaps the key was issued all the same\. .*`keys list`, and revoke/) });
    expect(requests).toBe(2);
  });

  it('fails: of a key it is not known', async () => {
    const endpoint = await serve((_, response) => answer(response, 503, JSON.stringify({ error: { code: 'TryAgain', message: 'again' }, requestId: 'id1' })));
    const { exitCode, err } = await terminal()('keys', 'create', '--endpoint', endpoint);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/^TryAgain: again \(request id id1\)\nPerhaps the key was issued/) });
  });

  it('says no: the key was not issued', async () => {
    const endpoint = await serve((_, response) => answer(response, 409, JSON.stringify({ error: { code: 'AccessKeysAreOff', message: 'off' }, requestId: 'id1' })));
    expect(await terminal()('keys', 'create', '--endpoint', endpoint)).toEqual({ exitCode: 1, out: '', err: 'AccessKeysAreOff: off (request id id1)\n' });
  });

  it.each([
    ['{"message":"Missing Authentication Token"}', /answered 403 Forbidden: Missing Authentication Token \(request id r1\)\nThe request was not signed/],
    ['{"Message":"no"}', /answered 403 Forbidden: no \(request id r1\)/],
    ['<html>', /answered 403 Forbidden, not as RewindMQ does: is it the right address\?/],
  ])('is an API Gateway that lets nobody in: %s', async (body, text) => {
    const endpoint = await serve((_, response) => answer(response, 403, body, { 'apigw-requestid': 'r1' }));
    expect(await terminal()('keys', 'list', '--endpoint', endpoint)).toEqual({ exitCode: 1, out: '', err: expect.stringMatching(text) });
  });

  it('sends elsewhere: no signature goes there', async () => {
    const paths: string[] = [];
    const endpoint = await serve(({ url = '' }, response) => {
      paths.push(url);
      answer(response, 307, '', { location: '/elsewhere' });
    });
    expect(await terminal()('keys', 'list', '--endpoint', endpoint)).toEqual({ exitCode: 1, out: '', err: expect.stringContaining('answered 307') });
    expect(paths).toEqual(['/v1/access-keys?limit=1000']);
  });

  it.each([`{"secretAccessKey":"${secret}"}`, `{"secretAccessKey":"${secret}`, secret])('answers in another form, of which no part is repeated: %s', async (body) => {
    const endpoint = await serve((_, response) => answer(response, 201, body));
    const { exitCode, out, err } = await terminal()('keys', 'create', '--endpoint', endpoint);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(/answered 201, but not as RewindMQ does.*\nPerhaps the key was issued all the same/);
    expect(err).not.toContain(secret.slice(0, 4));
  });

  it('has pages without end: the list ends', async () => {
    const page = JSON.stringify({ accessKeys: [], cursor: 'again' });
    const endpoint = await serve((_, response) => answer(response, 200, page));
    expect(await terminal()('keys', 'list', '--endpoint', endpoint)).toMatchObject({ exitCode: 1, err: 'there are more than 1000 pages of access keys\n' });
  });
});

describe('Ctrl-C', () => {
  it('ends a command that waits for an answer, and says what is not known', async () => {
    const [arrived, interruption] = [deferred(), new AbortController()];
    const endpoint = await serve(() => arrived.resolve());
    const create = terminal({ interrupted: interruption.signal })('keys', 'create', '--endpoint', endpoint);
    await arrived.promise;
    interruption.abort();
    expect(await create).toEqual({ exitCode: 130, out: '', err: expect.stringMatching(/^interrupted\nPerhaps the key was issued all the same/) });
  });

  it('ends a command that has not asked yet', async () => {
    const endpoint = await serve(() => { throw new Error('was asked'); });
    expect(await terminal({ interrupted: AbortSignal.abort() })('keys', 'create', '--endpoint', endpoint)).toEqual({ exitCode: 130, out: '', err: 'interrupted\n' });
  });
});
