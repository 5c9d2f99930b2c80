import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { tell } from './events.ts';
import { isKey, openPictureStore, pictureKey } from './picture-store.ts';
import { type Operation, parseOperations } from './pictures.ts';
import { openQueue } from './queue-client.ts';
import { collectResponses } from './responses.ts';

/**
 * The web server: takes pictures, and never waits for the work on them.
 *
 *   POST /pictures/NAME?operations=thumbnail:320,crop:600x600   202 with the picture's key
 *   GET  /pictures/KEY?waitSeconds=20                           200 with the results, or 202: not yet
 *   GET  /files/KEY                                             the bytes of a picture or a result
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8480' },
    rewindmq: { type: 'string', default: 'http://127.0.0.1:8400' },
    requests: { type: 'string', default: 'picture-requests' },
    responses: { type: 'string', default: 'picture-responses' },
    store: { type: 'string', default: 'picture-store' },
  },
});

const uploadBytesMax = 20 * 1024 * 1024;
const waitSecondsMax = 60;

class WrongRequest extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const requests = openQueue(values.rewindmq, values.requests);
const store = openPictureStore(values.store);
const stop = new AbortController();
const responses = collectResponses(openQueue(values.rewindmq, values.responses), stop.signal);

const server = createServer((request, reply) => void answer(request, reply));
server.listen(Number(values.port), '127.0.0.1');
await once(server, 'listening');
tell({ event: 'listening', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop.abort();
    server.close();
    server.closeAllConnections();
  });
}
await responses.ended;

async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
  try {
    await route(request, reply);
  } catch (error) {
    const status = error instanceof WrongRequest ? error.status : 500;
    if (status === 500) console.error(error);
    sendJson(reply, status, { error: error instanceof WrongRequest ? error.message : 'internal error' });
  }
}

async function route(request: IncomingMessage, reply: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, resource, ...rest] = decodePath(url.pathname).split('/');
  const name = rest.join('/');
  switch (`${request.method} ${resource}`) {
    case 'POST pictures': return takePicture(request, reply, { name, url });
    case 'GET pictures': return tellResults(reply, { key: name, url });
    case 'GET files': return sendFile(reply, name);
    default: throw new WrongRequest(404, `there is nothing at ${request.method} ${url.pathname}`);
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new WrongRequest(400, `${path} is not percent-encoded as it should be`);
  }
}

/** Picture first, message second: a message whose picture is not there yet could be received at once. */
async function takePicture(request: IncomingMessage, reply: ServerResponse, { name, url }: { name: string; url: URL }): Promise<void> {
  const operations = readOperations(url.searchParams.get('operations') ?? '');
  const bytes = await readBody(request);
  const key = pictureKey(name, bytes);
  if (!isKey(key)) throw new WrongRequest(400, `"${name}" is not a name for a picture: letters, digits, - and one ending`);
  await store.put(key, bytes);
  await requests.send({ pictureKey: key, operations });
  sendJson(reply, 202, { pictureKey: key });
}

function readOperations(text: string): readonly Operation[] {
  try {
    return parseOperations(text);
  } catch (error) {
    if (error instanceof RangeError) throw new WrongRequest(400, error.message);
    throw error;
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > uploadBytesMax) throw new WrongRequest(413, `a picture may have ${uploadBytesMax} bytes`);
    chunks.push(chunk);
  }
  if (size === 0) throw new WrongRequest(400, 'there is no picture in the request');
  return Buffer.concat(chunks);
}

async function tellResults(reply: ServerResponse, { key, url }: { key: string; url: URL }): Promise<void> {
  const waitSeconds = Math.min(waitSecondsMax, Number(url.searchParams.get('waitSeconds') ?? 0) || 0);
  const response = await responses.of(key, waitSeconds);
  sendJson(reply, response ? 200 : 202, response ?? { pictureKey: key, results: [] });
}

async function sendFile(reply: ServerResponse, key: string): Promise<void> {
  if (!isKey(key)) throw new WrongRequest(400, 'that is not the key of a picture');
  const bytes = await store.get(key).catch(() => undefined);
  if (!bytes) throw new WrongRequest(404, `there is no ${key}`);
  reply.writeHead(200, { 'content-length': bytes.length }).end(bytes);
}

function sendJson(reply: ServerResponse, status: number, body: object): void {
  reply.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
