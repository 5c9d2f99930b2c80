import { Agent, request } from 'node:http';

/** JSON over HTTP on one kept connection. */
export interface JsonClient {
  /** @throws Error when the status is not 2xx */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  close(): void;
}

export function jsonClient(url: string): JsonClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = new URL(url);
  return {
    call: (method, path, body) => new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const headers = bytes ? { 'content-type': 'application/json', 'content-length': bytes.byteLength } : {};
      const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode = 0 } = response;
          if (statusCode < 200 || statusCode > 299) reject(new Error(`${method} ${path} answered ${statusCode}: ${text.slice(0, 500)}`));
          // oxlint-disable-next-line typescript/no-unsafe-argument -- the caller names the shape that this API answers with status 2xx
          else resolve(JSON.parse(text === '' ? 'null' : text));
        });
      });
      sent.once('error', reject);
      sent.end(bytes);
    }),
    close: () => agent.destroy(),
  };
}
