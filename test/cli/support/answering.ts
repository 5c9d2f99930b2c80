import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/** Servers that are not RewindMQ, gone after the test. */
export function answering() {
  const servers = new Map<string, Server>();
  const stop = async (url: string): Promise<void> => {
    const server = servers.get(url);
    servers.delete(url);
    server?.close();
    server?.closeAllConnections();
    if (server) await once(server, 'close');
  };
  afterEach(async () => {
    await Promise.all([...servers.keys()].map(stop));
  });
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    servers.set(url, server);
    return url;
  };
  return { serve, stop };
}
