import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Send these very bytes, and read until the server closes. For what no HTTP client would send. */
export async function rawRequest(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(request);
  return text(socket);
}
