import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** A POST that it got. */
export interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

export interface Endpoint {
  readonly url: string;
  /** All but the question whether it wants any. */
  readonly posts: readonly Post[];
  close(): void;
}

/**
 * A server of somebody who gets pushes, in this process: it says yes when asked whether it wants them, and answers the
 * posts one after the other with these statuses, then with 204. `DEPLOY_TEST_HOST` is this machine's name where
 * functions run, if they do not run on it.
 */
export async function startEndpoint(statuses: readonly number[] = []): Promise<Endpoint> {
  const host = process.env['DEPLOY_TEST_HOST'];
  const posts: Post[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (request.headers['rewindmq-type'] === 'confirmation') {
      const { token }: { readonly token: string } = JSON.parse(body);
      response.end(token);
      return;
    }
    response.statusCode = statuses[posts.length] ?? 204;
    posts.push({ headers: request.headers, body, atMs: Date.now() });
    response.end();
  };
  const server = createServer((request, response) => { void take(request, response); });
  await new Promise<void>((resolve) => { server.listen(0, host ? '0.0.0.0' : '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host ?? '127.0.0.1'}:${port}/hook`, posts, close: () => { server.close(); server.closeAllConnections(); } };
}
