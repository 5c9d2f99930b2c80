import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Answered {
  readonly status: number;
  readonly body?: string;
}

export interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A server on a free port of this machine. */
export async function serve(answer: (asked: Asked) => Promise<Answered>): Promise<Server> {
  const server = createServer((request, reply) => {
    void textOf(request)
      .then((body) => answer({ path: request.url ?? '/', headers: request.headers, body }))
      .catch((error: unknown): Answered => ({ status: 500, body: String(error) }))
      .then(({ status, body = '' }) => reply.writeHead(status).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
