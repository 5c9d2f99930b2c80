import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '../../lib/core/limits.ts';
import { errorReply } from '../../lib/protocol/native/error-reply.ts';
import type { WireReply, WireRequest } from '../../lib/protocol/wire.ts';
import { type Gateway, startGateway } from '../../local/http-gateway.ts';
import { deferred } from './support/deferred.ts';
import { rawRequest } from './support/raw-request.ts';

const STOP_BOUND_MS = 10_000;
const running: Gateway[] = [];

async function gateway(answer: (request: WireRequest) => Promise<WireReply>, mustBeSigned = false): Promise<Gateway> {
  const started = await startGateway({ host: '127.0.0.1', port: 0, mustBeSigned, answer, refuse: (error) => errorReply('r1', error) });
  running.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((started) => started.stop(0)));
});

const ok = (body: unknown): WireReply => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** An answer that is given when the test says so. */
function held() {
  const begun = deferred<WireRequest>();
  const reply = deferred<WireReply>();
  return {
    begun: begun.promise,
    reply: reply.resolve,
    answer: (request: WireRequest) => {
      begun.resolve(request);
      return reply.promise;
    },
  };
}

describe('requests', () => {
  it('hands over method, raw path, raw query, headers and body, and gives back the reply', async () => {
    const { url } = await gateway(async ({ method, path, query, headers, body }) =>
      ok({ method, path, query, type: headers['content-type'], body: body && Buffer.from(body).toString() }));
    const response = await fetch(`${url}/v1/a%2Fb?x=1&y=%20?`, { method: 'PUT', body: 'hé', headers: { 'Content-Type': 'text/x' } });
    expect(await response.json()).toEqual({ method: 'PUT', path: '/v1/a%2Fb', query: 'x=1&y=%20?', type: 'text/x', body: 'hé' });
  });

  it('has no body where none was sent', async () => {
    const { url } = await gateway(async ({ body }) => ok({ body: body ?? 'none' }));
    expect(await (await fetch(url)).json()).toEqual({ body: 'none' });
  });

  it('refuses a foreign host before anything else', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const reply = await rawRequest(url, 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1\.1 403 /);
    expect(reply).toContain('"HostNotAllowed"');
  });

  it('refuses a page from elsewhere', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const response = await fetch(url, { method: 'POST', headers: { origin: 'http://evil.example' } });
    expect(response.status).toBe(403);
  });

  it('refuses an image on a page from elsewhere, a GET without an origin', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const { host } = new URL(url);
    const reply = await rawRequest(url, `GET /?Action=DeleteQueue&queueName=orders HTTP/1.1\r\nHost: ${host}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image\r\nConnection: close\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('answers what is no HTTP with a 400 of the usual shape', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const reply = await rawRequest(url, 'what?\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1\.1 400 /);
    expect(reply).toContain('"MalformedRequest"');
  });

  it('survives a caller that goes away in the middle of its body', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const request = httpRequest(url, { method: 'POST', headers: { 'content-length': 1000 } });
    request.on('error', () => {});
    request.write('x', () => request.destroy());
    await new Promise((resolve) => request.once('close', resolve));
    expect((await fetch(url)).status).toBe(200);
  });

  it('tells the answer when its caller has gone', async () => {
    const poll = held();
    const { url } = await gateway(poll.answer);
    const caller = new AbortController();
    const response = fetch(url, { signal: caller.signal });
    const { signal } = await poll.begun;
    const gone = once(signal!, 'abort');
    caller.abort();
    await expect(response).rejects.toThrow(/abort/);
    await gone;
    poll.reply(ok({}));
  });
});

describe('large requests', () => {
  const { max } = limits.requestBytes;

  it('takes a body of the limit', async () => {
    const { url } = await gateway(async ({ body }) => ok({ bytes: body?.byteLength }));
    const response = await fetch(url, { method: 'POST', body: Buffer.alloc(max) });
    expect(await response.json()).toEqual({ bytes: max });
  });

  it('refuses one byte more, and says the limit', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const response = await fetch(url, { method: 'POST', body: Buffer.alloc(max + 1) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: 'RequestTooLarge', details: { max, value: String(max + 1) } } });
  });

  it('refuses an announced length without waiting for the body', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const { host } = new URL(url);
    const reply = await rawRequest(url, `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${max + 1}\r\nExpect: 100-continue\r\n\r\n`);
    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('refuses a body without a length at the first byte too many', async () => {
    const { url } = await gateway(async () => ok('reached'));
    const request = httpRequest(url, { method: 'POST' });
    request.write(Buffer.alloc(max));
    request.write('x');
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(413);
    request.destroy();
    request.on('error', () => {});
  });
});

describe('where requests must be signed', () => {
  const answer = async ({ body }: WireRequest): Promise<WireReply> => ok({ bytes: body?.byteLength ?? 'none' });

  it.each([
    ['none', '/v1/queues/orders', {}],
    [4, '/v1/queues/orders', { authorization: 'AWS4-HMAC-SHA256 Credential=any' }],
    [4, '/', {}],
  ])('keeps a body only of what may be signed: %s of 4 bytes sent to %s with %j', async (bytes, path, headers) => {
    const { url } = await gateway(answer, true);
    const response = await fetch(url + path, { method: 'PUT', body: 'body', headers });
    expect(await response.json()).toEqual({ bytes });
  });

  it('answers what cannot be signed before its body has come', async () => {
    const { url } = await gateway(answer, true);
    const request = httpRequest(`${url}/v1/queues/orders`, { method: 'PUT', headers: { 'content-length': 1000 } });
    request.on('error', () => {});
    request.write('x');
    const [response] = await once(request, 'response');
    expect(response.headers).toMatchObject({ connection: 'close' });
    request.destroy();
  });

  it.each([[{}, false], [{ authorization: 'AWS4-HMAC-SHA256 Credential=any' }, true]])('asked first, with %j, whether a body may come: %s', async (headers, isWanted) => {
    const { url } = await gateway(answer, true);
    let wasWanted = false;
    const request = httpRequest(`${url}/v1/queues/orders`, { method: 'PUT', headers: { ...headers, 'content-length': 4, expect: '100-continue' } });
    request.on('error', () => {});
    request.on('continue', () => {
      wasWanted = true;
      request.end('body');
    });
    request.flushHeaders();
    await once(request, 'response');
    expect(wasWanted).toBe(isWanted);
    request.destroy();
  });
});

it('does not ask a page from elsewhere for its body', async () => {
  const { url } = await gateway(async () => ok('reached'));
  const { host } = new URL(url);
  const reply = await rawRequest(url, `POST / HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://evil.example\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
  expect(reply).toMatch(/^HTTP\/1\.1 403 /);
});

describe('stop', () => {
  it('finishes the request under way, and takes no more', async () => {
    const slow = held();
    const { url, stop } = await gateway(slow.answer);
    const response = fetch(url);
    await slow.begun;
    const stopped = stop(STOP_BOUND_MS);
    await expect(fetch(url)).rejects.toThrow(/fetch failed/);
    slow.reply(ok('finished'));
    expect(await (await response).json()).toBe('finished');
    await stopped;
  });

  it('asks long polls to end with what they have', async () => {
    const { url, stop } = await gateway(async ({ signal }) => {
      begun.resolve();
      await once(signal!, 'abort');
      return ok({ messages: ['one'] });
    });
    const begun = deferred();
    const response = fetch(url);
    await begun.promise;
    await stop(STOP_BOUND_MS);
    expect(await (await response).json()).toEqual({ messages: ['one'] });
  });

  it('cuts off what does not end within the bound', async () => {
    const stuck = held();
    const { url, stop } = await gateway(stuck.answer);
    const response = fetch(url);
    const outcome = response.then(() => 'answered', () => 'cut off');
    await stuck.begun;
    await stop(1);
    expect(await outcome).toBe('cut off');
  });

  it('does not wait for idle connections that are kept open', async () => {
    const { url, stop } = await gateway(async () => ok({}));
    await (await fetch(url)).text();
    await stop(STOP_BOUND_MS);
  });
});
