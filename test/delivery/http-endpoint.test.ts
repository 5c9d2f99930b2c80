import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { httpServer } from './support/servers.ts';
import { failing, resolving, triedEndpoint } from './support/tried-endpoint.ts';

const MIB = 1024 * 1024;

describe('a post', () => {
  it('sends method, headers and body, and gives status and body of the answer', async () => {
    const server = await httpServer((request, response) => void buffer(request).then((body) => {
      const { method, url, headers } = request;
      response.writeHead(201).end(JSON.stringify({ method, url, id: headers['webhook-id'], host: headers.host, length: headers['content-length'], body: body.toString('hex') }));
    }));
    const answer = await triedEndpoint().post(`${server.url}/in?a=b#c`, { headers: { 'webhook-id': 'm1' }, body: Uint8Array.of(0, 0xff) });
    expect(answer).toMatchObject({ kind: 'answered', status: 201 });
    expect(JSON.parse(answer.kind === 'answered' ? answer.body : '')).toEqual({
      method: 'POST', url: '/in?a=b', id: 'm1', host: `127.0.0.1:${server.port}`, length: '2', body: '00ff',
    });
  });

  it('sends an empty body as such', async () => {
    const server = await httpServer((request, response) => response.end(request.headers['content-length']));
    expect(await triedEndpoint().post(server.url, { body: '' })).toEqual({ kind: 'answered', status: 200, body: '0' });
  });

  it('takes a megabyte to an endpoint that answers first and reads later', async () => {
    const server = await httpServer((request, response) => {
      response.writeHead(200).flushHeaders();
      void buffer(request).then((body) => response.end(String(body.byteLength)));
    });
    expect(await triedEndpoint().post(server.url, { body: 'x'.repeat(MIB) })).toEqual({ kind: 'answered', status: 200, body: String(MIB) });
  });

  it.each([200, 202, 204, 299, 304, 400, 404, 410, 429, 500, 503, 599])('gives the status %i as it is', async (status) => {
    const server = await httpServer((_, response) => response.writeHead(status).end());
    expect(await triedEndpoint().post(server.url)).toEqual({ kind: 'answered', status, body: '' });
  });

  it('leaves no sleep behind', async () => {
    const server = await httpServer((_, response) => response.end('ok'));
    const { post, time } = triedEndpoint();
    await post(server.url);
    expect(time.sleeping()).toEqual([]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('by %i is an answer, and nobody goes there', async (status) => {
    const inner = await httpServer((_, response) => response.end('secret'));
    const server = await httpServer((_, response) => response.writeHead(status, { location: `${inner.url}/latest/meta-data` }).end());
    expect(await triedEndpoint().post(server.url)).toEqual({ kind: 'answered', status, body: '' });
    expect(inner.connections).toEqual([]);
  });
});

describe('a URL that is none to push to', () => {
  it.each(['', 'nonsense', 'ftp://example.com/', 'file:///etc/passwd', 'http://user:pa55@example.com/'])('is forbidden: %s', async (url) => {
    const { post, endpoint } = triedEndpoint();
    const refusal = { kind: 'forbidden', reason: expect.stringMatching(/^the URL must (?!.*pa55)/) as unknown };
    expect(await post(url)).toEqual(refusal);
    expect(await endpoint.check(url)).toEqual(refusal);
  });
});

describe('a check', () => {
  it('finds what resolves reachable, and connects to nothing', async () => {
    const server = await httpServer((_, response) => response.end());
    const { endpoint, time } = triedEndpoint();
    expect(await endpoint.check(server.url)).toEqual({ kind: 'reachable' });
    expect(await triedEndpoint({ resolve: resolving('8.8.8.8'), allowPrivateAddresses: false }).endpoint.check('https://example.com')).toEqual({ kind: 'reachable' });
    expect(server.connections).toEqual([]);
    expect(time.sleeping()).toEqual([]);
  });

  it('finds what does not', async () => {
    const { endpoint } = triedEndpoint({ resolve: failing('ENOTFOUND') });
    expect(await endpoint.check('https://nowhere.example.com')).toEqual({ kind: 'unresolvable', reason: 'unresolvable: the host has no address (ENOTFOUND)' });
  });

  it('does not wait for ever', async () => {
    const { endpoint, time } = triedEndpoint({ resolve: () => new Promise(() => {}) });
    const answer = endpoint.check('https://slow.example.com');
    await time.pass(5000);
    expect(await answer).toMatchObject({ kind: 'unresolvable', reason: expect.stringMatching(/^timeout: /) as unknown });
  });

  it('passes on what is no fault of the name', async () => {
    await expect(triedEndpoint({ resolve: () => Promise.reject(new Error('our bug')) }).endpoint.check('https://example.com')).rejects.toThrow('our bug');
  });
});
