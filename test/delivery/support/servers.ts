import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { certificate } from './certificate.ts';

/** A real server on a free port of this machine, for one test. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** All that were ever opened, in order. */
  readonly connections: readonly Socket[];
  close(): Promise<void>;
}

export const httpServer = (answer: RequestListener): Promise<TestServer> => started(createServer(answer), 'http');

/** With a certificate of `localhost`. */
export const secureServer = (answer: RequestListener): Promise<TestServer> => started(createSecureServer(certificate, answer), 'https');

/** For what no HTTP server would do. */
export const socketServer = (serve: (socket: Socket) => void): Promise<TestServer> => started(createSocketServer((socket) => {
  socket.on('error', () => {});
  serve(socket);
}), 'http');

/** A port that was free a moment ago: connections to it are refused. */
export async function refusingUrl(): Promise<string> {
  const server = await socketServer(() => {});
  await server.close();
  return server.url;
}

async function started(server: Server, scheme: 'http' | 'https'): Promise<TestServer> {
  const connections: Socket[] = [];
  server.on('connection', (socket: Socket) => connections.push(socket));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    connections.forEach((socket) => socket.destroy());
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  };
  onTestFinished(close);
  return { url: `${scheme}://${scheme === 'https' ? 'localhost' : '127.0.0.1'}:${port}`, port, connections, close };
}
