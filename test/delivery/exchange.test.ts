import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { PushAnswer } from '../../lib/core/ports/push-endpoint.ts';
import { deferred } from '../local/support/deferred.ts';
import { httpServer, refusingUrl, socketServer } from './support/servers.ts';
import { failing, resolving, TIMEOUT_MS, triedEndpoint } from './support/tried-endpoint.ts';

/** Of a body, once the status is there. */
const BODY_MS = 1000;
const MIB = 1024 * 1024;

describe('an endpoint that gives no status', () => {
  const reasonOf = async (answer: Promise<PushAnswer>): Promise<string> => {
    const settled = await answer;
    expect(settled.kind).toBe('unreachable');
    const reason = settled.kind === 'unreachable' ? settled.reason : '';
    // One word, and nothing of where it is or what was sent.
    expect(reason).toMatch(/^[a-z]+: /);
    expect(reason).not.toMatch(/127\.0\.0\.1|localhost|token/);
    return reason;
  };
  const pathWithSecret = '/hook?token=t0k3n';

  it('refuses', async () => {
    expect(await reasonOf(triedEndpoint().post(await refusingUrl() + pathWithSecret))).toBe('refused: nothing listens there (ECONNREFUSED)');
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['resets at once', (socket) => socket.resetAndDestroy(), /^reset: /],
    ['resets when the request has come', (socket) => socket.once('data', () => socket.resetAndDestroy()), /^reset: /],
    ['hangs up when the request has come', (socket) => socket.once('data', () => socket.end()), /^reset: /],
    ['hangs up within the headers', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Le')), /^reset: /],
    ['speaks another protocol', (socket) => socket.once('data', () => socket.end('220 mail.example.com ESMTP\r\n')), /^malformed: /],
    ['has headers without end', (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(MIB)}`)), /^malformed: /],
    ['has too many headers', (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${'X-Y: z\r\n'.repeat(10_000)}\r\n`)), /^malformed: /],
    ['switches protocols', (socket) => socket.once('data', () => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')), /^(?:reset|malformed): /],
  ])('%s', async (_, serve, reason) => {
    const server = await socketServer(serve);
    expect(await reasonOf(triedEndpoint().post(server.url + pathWithSecret))).toMatch(reason);
  });

  it.each([
    ['says nothing', ''],
    ['begins its headers and says no more', 'HTTP/1.1 200 OK\r\n'],
    ['only asks for patience', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ])('%s until time is up', async (_, written) => {
    const { promise: passed, resolve: open } = deferred();
    const server = await socketServer((socket) => socket.once('data', () => {
      socket.write(written);
      open();
    }));
    const { post, time } = triedEndpoint();
    const answer = post(server.url + pathWithSecret);
    await passed;
    await time.pass(TIMEOUT_MS);
    expect(await reasonOf(answer)).toBe('timeout: no answer in time');
    expect(time.sleeping()).toEqual([]);
  });

  it('does not read until time is up', async () => {
    const { promise: passed, resolve: open } = deferred();
    const server = await socketServer((socket) => {
      socket.pause();
      open();
    });
    const { post, time } = triedEndpoint();
    const answer = post(server.url, { body: 'x'.repeat(16 * MIB) });
    await passed;
    await time.pass(TIMEOUT_MS);
    expect(await reasonOf(answer)).toBe('timeout: no answer in time');
  });

  it('has no connection free', async () => {
    const server = await socketServer(() => {});
    const { post, time } = triedEndpoint();
    const stop = new AbortController();
    const answers = Array.from({ length: 128 }, () => post(server.url));
    const oneMore = post(server.url, { signal: stop.signal });
    await new Promise((resolve) => { setImmediate(resolve); });
    stop.abort();
    expect(await reasonOf(oneMore)).toBe('stopped: no longer wanted');
    expect(await reasonOf(post(server.url, { signal: stop.signal }))).toBe('stopped: no longer wanted');
    for (const _ of answers) await time.pass(TIMEOUT_MS);
    expect(new Set(await Promise.all(answers.map(reasonOf)))).toEqual(new Set(['timeout: no answer in time']));
    expect(server.connections.length).toBeLessThanOrEqual(128);
  });

  it('has a name that does not exist', async () => {
    expect(await reasonOf(triedEndpoint({ resolve: failing('ENOTFOUND') }).post('http://nowhere.example.com/'))).toBe('unresolvable: the host has no address (ENOTFOUND)');
    expect(await reasonOf(triedEndpoint({ resolve: resolving() }).post('http://nowhere.example.com/'))).toMatch(/^unresolvable: /);
  });

  it('has a name that cannot be looked up now', async () => {
    expect(await reasonOf(triedEndpoint({ resolve: failing('EAI_AGAIN') }).post('http://example.com/'))).toBe('unresolvable: the host cannot be looked up now (EAI_AGAIN)');
  });

  it('has a name that is looked up until time is up', async () => {
    const { post, time } = triedEndpoint({ resolve: () => new Promise(() => {}) });
    const answer = post('http://example.com/');
    await time.pass(TIMEOUT_MS);
    expect(await reasonOf(answer)).toBe('timeout: no answer in time');
  });

  it('is not waited for when the push is no longer wanted', async () => {
    const { promise: passed, resolve: open } = deferred();
    const server = await socketServer((socket) => socket.once('data', open));
    const { post, time } = triedEndpoint();
    const stop = new AbortController();
    const answer = post(server.url, { signal: stop.signal });
    await passed;
    stop.abort();
    expect(await reasonOf(answer)).toBe('stopped: no longer wanted');
    expect(await reasonOf(post(server.url, { signal: stop.signal }))).toBe('stopped: no longer wanted');
    expect(time.sleeping()).toEqual([]);
  });

  it('is an error of ours when a header cannot be sent', async () => {
    const server = await httpServer((_, response) => response.end());
    await expect(triedEndpoint().post(server.url, { headers: { 'X-Tag': 'a\r\nb' } })).rejects.toThrow('Invalid character in header content');
  });
});

describe('an endpoint whose body does not matter', () => {
  it('has answered with 200 although it says no more', async () => {
    const server = await httpServer((_, response) => response.writeHead(200).write('part'));
    const { post, time } = triedEndpoint();
    const answer = post(server.url);
    await time.pass(BODY_MS);
    expect(await answer).toMatchObject({ kind: 'answered', status: 200 });
    expect(time.sleeping()).toEqual([]);
  });

  it('has answered with 200 although time is up before its body is', async () => {
    const server = await httpServer((_, response) => response.writeHead(200).write('part'));
    const { post, time } = triedEndpoint();
    const answer = post(server.url);
    await time.begun(BODY_MS);
    await time.pass(TIMEOUT_MS);
    expect(await answer).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('has answered with 200 although it hangs up within the body', async () => {
    const server = await httpServer((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('part', () => response.destroy());
    });
    expect(await triedEndpoint().post(server.url)).toEqual({ kind: 'answered', status: 200, body: 'part' });
  });

  it.each([
    ['whose body is no HTTP', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n'],
    ['whose body has another length than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12345'],
    ['whose body ends with the connection', 'HTTP/1.1 200 OK\r\n\r\n1'],
  ])('has answered with 200, %s', async (_, written) => {
    const server = await socketServer((socket) => socket.once('data', () => socket.end(written)));
    expect(await triedEndpoint().post(server.url)).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('is cut off after 4 KiB of a body without end', async () => {
    const { promise: passed, resolve: open } = deferred();
    const server = await httpServer((_, response) => {
      response.once('close', open);
      const more = (): void => { while (!response.destroyed && response.write('x'.repeat(1000))); };
      response.on('drain', more);
      more();
    });
    expect(await triedEndpoint().post(server.url)).toEqual({ kind: 'answered', status: 200, body: 'x'.repeat(4096) });
    await passed;
  });

  it('has answered before it read the request, and gives its connection back', async () => {
    const { promise: passed, resolve: open } = deferred();
    const server = await socketServer((socket) => {
      socket.once('close', open);
      socket.once('readable', () => socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n'));
    });
    expect(await triedEndpoint().post(server.url, { body: 'x'.repeat(16 * MIB) })).toEqual({ kind: 'answered', status: 413, body: '' });
    server.connections[0]?.resume();
    await passed;
  });
});
