import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { afterEach } from 'vitest';

export type Answer = Readonly<Record<string, unknown>> & { readonly code: number };

type Call = (options: Readonly<Record<string, unknown>>) => Promise<Answer>;

/** A client of the package `cmq-sdk`, as far as these tests use it. */
export type CmqSdk = Readonly<Record<string, Call>>;

const { CMQ } = createRequire(import.meta.url)('cmq-sdk') as { readonly CMQ: { NEW(instance: object): CmqSdk } };

/**
 * The package untouched. Its host cannot be set, so its connections are led to the port instead; what it sends, and
 * signs, is the host of the original. It changes the options of a call, so each call gets a copy.
 */
export function cmqSdk(options: { readonly secretKey?: string; readonly signatureMethod?: string; readonly path?: string } = {}) {
  const { createConnection } = http.globalAgent as { createConnection?: unknown };
  afterEach(() => {
    http.globalAgent.destroy();
    Object.assign(http.globalAgent, { createConnection });
  });
  return (port: number): CmqSdk => {
    Object.assign(http.globalAgent, {
      createConnection: (_options: unknown, done: () => void) => net.connect(port, '127.0.0.1', done),
    });
    const client = CMQ.NEW({
      path: '/v2/index.php', signatureMethod: 'HmacSHA256', extranet: false, secretId: 'AKIDtest', secretKey: 'testsecret', region: 'gz', ...options,
    });
    return new Proxy(client, {
      get: (target, name) => (given: object) => (Reflect.get(target, name) as Call).call(target, { ...given }),
    });
  };
}
