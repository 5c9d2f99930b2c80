import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CallerError } from '../lib/core/errors.ts';
import { limits } from '../lib/core/limits.ts';
import { mayBeSigned, type WireReply, type WireRequest } from '../lib/protocol/handle.ts';
import { checkAnnouncedLength, readBody } from './request-body.ts';
import { checkSender, inUrl } from './request-guard.ts';

export interface GatewayOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The API refuses what is not signed. So a web page may come, whatever its name: it cannot sign. Bodies of nobody are not kept. */
  readonly mustBeSigned?: boolean;
  /** The API. It never rejects: what goes wrong is a reply. */
  readonly answer: (request: WireRequest) => Promise<WireReply>;
  /** How the API words an error, for the requests that do not get as far as it: those to a path, and those that cannot be read. */
  readonly refuse: (error: unknown, path?: string) => WireReply;
}

/** A listening HTTP server. */
export interface Gateway {
  readonly url: string;
  /**
   * Take no more requests, end long polls early with what they have, let the others finish; cut off
   * what is still under way after `boundMs`.
   */
  readonly stop: (boundMs: number) => Promise<void>;
}

const SECOND_MS = 1000;

/** Bounds on slow callers. A long poll is not one of them: its request has arrived. */
const timeouts = {
  headersMs: 10 * SECOND_MS,
  requestMs: 60 * SECOND_MS,
  /** Longer than the idle time of usual client pools, so that it is they who close. */
  keepAliveMs: 75 * SECOND_MS,
  /** How long a refused body is thrown away, so that its sender can read the refusal. */
  lingerMs: 2 * SECOND_MS,
} as const;

/** Request line and headers. Clients of CMQ send whole messages in the query of a GET. */
const HEADER_BYTES_MAX = limits.requestBytes.max + 16 * 1024;

/** Serve the API on one address. @throws Error (`EADDRINUSE` and the like) when it cannot listen there */
export async function startGateway({ host, port, mustBeSigned = false, answer, refuse }: GatewayOptions): Promise<Gateway> {
  let isStopping = false;
  const underWay = new Set<AbortController>();
  const server = createServer({ headersTimeout: timeouts.headersMs, requestTimeout: timeouts.requestMs, keepAliveTimeout: timeouts.keepAliveMs, maxHeaderSize: HEADER_BYTES_MAX });
  await listen(server, host, port);
  const own = { host, port: portOf(server) };

  const checkHead = (request: IncomingMessage): void => {
    if (!mustBeSigned) checkSender(own, request.headers);
    checkAnnouncedLength(request);
  };
  const isBodyOfUse = (request: IncomingMessage): boolean => !mustBeSigned || mayBeSigned({ path: pathOf(request), headers: oneValueEach(request) });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const end = new AbortController();
    underWay.add(end);
    if (isStopping) end.abort();
    response.once('close', () => {
      underWay.delete(end);
      end.abort();
    });
    try {
      checkHead(request);
      const body = isBodyOfUse(request) ? await readBody(request) : undefined;
      const reply = await answer(wireRequest(request, body, end.signal));
      // Whoever keeps a connection open would keep the server from ending.
      if (isStopping) response.shouldKeepAlive = false;
      sendEarly(request, response, reply);
    } catch (error) {
      // Nobody is there to be told, or half an answer is out already.
      if (response.destroyed || response.headersSent) response.destroy();
      else sendEarly(request, response, refuse(error, pathOf(request)));
    }
  };
  server.on('request', (request, response) => void serve(request, response));
  // `Expect: 100-continue` asks before a large body is sent: say no while it costs nothing.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    try {
      checkHead(request);
      if (isBodyOfUse(request)) response.writeContinue();
      void serve(request, response);
    } catch (error) {
      response.shouldKeepAlive = false;
      send(response, refuse(error, pathOf(request)));
    }
  });
  server.on('clientError', (error: UnreadRequest, socket: Socket) => endMalformed(socket, refuse(malformed(error), pathBegun(error.rawPacket))));
  return {
    url: `http://${inUrl(host)}:${own.port}`,
    stop: async (boundMs) => {
      isStopping = true;
      underWay.forEach((end) => end.abort());
      await closeWithin(server, boundMs);
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

function wireRequest(request: IncomingMessage, body: Uint8Array | undefined, signal: AbortSignal): WireRequest {
  const [path = '', ...rest] = (request.url ?? '/').split('?');
  return { method: request.method ?? 'GET', path, query: rest.join('?'), headers: oneValueEach(request), body, signal };
}

function oneValueEach({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    (value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const]));
  return Object.fromEntries(pairs);
}

function send(response: ServerResponse, { status, headers, body }: WireReply): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/**
 * Answer at once, though the body may still be coming, and then close. Closing with unread bytes
 * would reset the connection, and the caller would see that instead of the answer: so the rest is
 * thrown away, for a bounded time, before the end.
 */
function sendEarly(request: IncomingMessage, response: ServerResponse, reply: WireReply): void {
  if (request.complete) return send(response, reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body), connection: 'close' });
  response.write(reply.body);
  const linger = setTimeout(end, timeouts.lingerMs);
  function end(): void {
    clearTimeout(linger);
    response.end();
  }
  request.once('end', end);
  request.once('close', end);
  request.resume();
}

/** What Node could not read as a request, with what had come of it. */
interface UnreadRequest extends NodeJS.ErrnoException {
  readonly rawPacket?: Uint8Array;
}

const malformed = ({ code, message }: UnreadRequest): CallerError => (code === 'HPE_HEADER_OVERFLOW'
  ? new CallerError('requestTooLarge', `request line and headers must have at most ${HEADER_BYTES_MAX} bytes: send more in a body`, { max: HEADER_BYTES_MAX, unit: 'bytes' })
  : new CallerError('malformedRequest', `this is not an HTTP request that can be read: ${code ?? message}`));

/** As far as the request line has come: it says whose protocol the refusal is to be in. */
function pathBegun(packet: Uint8Array | undefined): string {
  const [, path = ''] = /^[A-Z]+ ([^ ?]*)/.exec(Buffer.from(packet ?? []).toString('latin1')) ?? [];
  return path;
}

function endMalformed(socket: Socket, { status, headers, body }: WireReply): void {
  if (!socket.writable) return void socket.destroy();
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n'));
}

async function closeWithin(server: Server, boundMs: number): Promise<void> {
  const cutOff = setTimeout(() => server.closeAllConnections(), boundMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cutOff);
}
