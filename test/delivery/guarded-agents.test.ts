import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Resolve } from '../../lib/delivery/address-guard.ts';
import { certificate } from './support/certificate.ts';
import { httpServer, secureServer, socketServer, type TestServer } from './support/servers.ts';
import { resolving, triedEndpoint } from './support/tried-endpoint.ts';

describe('connections', () => {
  it('are kept for the next push to the same endpoint', async () => {
    const server = await httpServer((_, response) => response.writeHead(500).end('no'));
    const { post } = triedEndpoint();
    for (let count = 0; count < 3; count += 1) expect(await post(server.url)).toMatchObject({ kind: 'answered', status: 500 });
    expect(server.connections).toHaveLength(1);
  });

  it('are kept although the first push is over and its caller stops', async () => {
    const server = await httpServer((_, response) => response.end('ok'));
    const { post } = triedEndpoint();
    const stop = new AbortController();
    await post(server.url, { signal: stop.signal });
    stop.abort();
    expect(await post(server.url)).toMatchObject({ kind: 'answered' });
    expect(server.connections).toHaveLength(1);
  });

  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

  /** Takes one request on its first connection and resets it at the second one. */
  function fickleServer(isGoodLater: boolean): Promise<TestServer> {
    let connections = 0;
    return socketServer((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (isFirst ? requests === 1 : isGoodLater) socket.write(OK);
        else socket.resetAndDestroy();
      });
    });
  }

  it.each([
    ['does well', true, { kind: 'answered', status: 200, body: '' }],
    ['does no better', false, { kind: 'unreachable', reason: expect.stringMatching(/^reset: /) as unknown }],
  ])('that turn out to be closed are replaced once, by one that %s', async (_, isGoodLater, expected) => {
    const server = await fickleServer(isGoodLater);
    const { post } = triedEndpoint();
    expect(await post(server.url)).toMatchObject({ kind: 'answered' });
    expect(await post(server.url)).toEqual(expected);
    expect(server.connections).toHaveLength(2);
  });

  it('go to the next address of a name when the first refuses', async () => {
    const server = await httpServer((_, response) => response.end('ok'));
    const { post } = triedEndpoint({ resolve: resolving('::1', '127.0.0.1') });
    expect(await post(`http://two.example.com:${server.port}`)).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('go through no proxy, whatever the process is told', async () => {
    const proxy = await httpServer((_, response) => response.end('proxied'));
    const server = await httpServer((_, response) => response.end('direct'));
    const { globalAgent } = http;
    onTestFinished(() => { http.globalAgent = globalAgent; });
    http.globalAgent = new http.Agent({ proxyEnv: { HTTP_PROXY: proxy.url } });
    expect(await triedEndpoint().post(server.url)).toMatchObject({ body: 'direct' });
    // The control: others do go there.
    await new Promise((resolve) => { http.get(server.url, (response) => response.resume().once('end', resolve)); });
    expect(proxy.connections).toHaveLength(1);
  });
});

describe('TLS', () => {
  const trusting = { trustedCertificates: [certificate.cert] };

  it('is good with a certificate that is trusted', async () => {
    const server = await secureServer((_, response) => response.end('ok'));
    expect(await triedEndpoint(trusting).post(server.url)).toEqual({ kind: 'answered', status: 200, body: 'ok' });
  });

  it('fails without', async () => {
    const server = await secureServer((_, response) => response.end('ok'));
    expect(await triedEndpoint().post(server.url)).toEqual({ kind: 'unreachable', reason: 'tls: no secure connection (DEPTH_ZERO_SELF_SIGNED_CERT)' });
  });

  it('fails with a certificate of another name', async () => {
    const server = await secureServer((_, response) => response.end('ok'));
    const { post } = triedEndpoint({ ...trusting, resolve: resolving('127.0.0.1') });
    expect(await post(`https://other.example.com:${server.port}`)).toEqual({ kind: 'unreachable', reason: 'tls: no secure connection (ERR_TLS_CERT_ALTNAME_INVALID)' });
  });

  it('fails with a server that has none', async () => {
    const server = await socketServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await triedEndpoint().post(server.url.replace('http:', 'https:'))).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(/^tls: /) as unknown });
  });
});

describe('where only public addresses are allowed', () => {
  const guarded = (resolve?: Resolve) => triedEndpoint({ allowPrivateAddresses: false, ...(resolve && { resolve }) });

  it.each([
    '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.0.0.1.', '①②⑦.⓪.⓪.①', '%31%32%37.0.0.1', '0', '0.0.0.0', '[::1]', '[0:0:0:0:0:0:0:1]',
    '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', 'localhost', 'LOCALHOST',
  ])('%s is not one', async (host) => {
    const server = await httpServer((_, response) => response.end('secret'));
    const { post, endpoint } = guarded();
    const url = `http://${host}:${server.port}/`;
    expect(await post(url)).toEqual({ kind: 'forbidden', reason: expect.stringMatching(/^the host (?:is|resolves to) an address that is not public \(\w+\)$/) as unknown });
    expect(await endpoint.check(url)).toMatchObject({ kind: 'forbidden' });
    expect(server.connections).toEqual([]);
  });

  it.each(['169.254.169.254', '[fd00:ec2::254]', '10.0.0.1', '192.168.0.1', '100.64.0.1', '[fe80::1]'])('%s is not one either', async (host) => {
    expect(await guarded().post(`http://${host}/`)).toMatchObject({ kind: 'forbidden' });
    expect(await guarded().post(`https://${host}/`)).toMatchObject({ kind: 'forbidden' });
  });

  it('a name that leads to one is refused', async () => {
    const server = await httpServer((_, response) => response.end('secret'));
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1']]) {
      const { post, endpoint } = guarded(resolving(...addresses));
      expect(await post(`http://inside.example.com:${server.port}`)).toMatchObject({ kind: 'forbidden' });
      expect(await endpoint.check(`http://inside.example.com:${server.port}`)).toMatchObject({ kind: 'forbidden' });
    }
    expect(server.connections).toEqual([]);
  });

  it('a name that led to a public one when it was checked is refused when it no longer does', async () => {
    const server = await httpServer((_, response) => response.end('secret'));
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    const { post, endpoint } = guarded(() => Promise.resolve(answers.shift() ?? []));
    const url = `http://rebound.example.com:${server.port}`;
    expect(await endpoint.check(url)).toEqual({ kind: 'reachable' });
    expect(await post(url)).toMatchObject({ kind: 'forbidden' });
    expect(server.connections).toEqual([]);
  });

  it('the address that was judged is the one that is connected to', async () => {
    const server = await httpServer((_, response) => response.end('ok'));
    const answers = [['127.0.0.1'], ['192.0.2.1']];
    // Allowed here, so that there is somebody to connect to: a second look would lead elsewhere.
    const { post } = triedEndpoint({ resolve: () => Promise.resolve(answers.shift() ?? []) });
    expect(await post(`http://rebound.example.com:${server.port}`)).toMatchObject({ kind: 'answered' });
    expect(answers).toEqual([['192.0.2.1']]);
  });
});
