import type { IncomingMessage } from 'node:http';
import { CallerError } from '../lib/core/errors.ts';
import { limits } from '../lib/core/limits.ts';

/**
 * The whole body, or undefined when there is none.
 * @throws CallerError `requestTooLarge` at the first byte too many, where no length was announced
 */
export async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(request)) {
    bytes += chunk.byteLength;
    if (bytes > limits.requestBytes.max) throw tooLarge(`more than ${limits.requestBytes.max}`);
    chunks.push(chunk);
  }
  return bytes === 0 ? undefined : Buffer.concat(chunks, bytes);
}

/** @throws CallerError `requestTooLarge` */
export function checkAnnouncedLength(request: IncomingMessage): void {
  const announced = request.headers['content-length'];
  if (announced !== undefined && Number(announced) > limits.requestBytes.max) throw tooLarge(announced);
}

/** Leaving the loop must not destroy the socket: the refusal still has to go out on it. */
const chunksOf = (request: IncomingMessage): AsyncIterable<Uint8Array> => request.iterator({ destroyOnReturn: false });

const tooLarge = (bytes: string): CallerError => {
  const { max, unit } = limits.requestBytes;
  return new CallerError('requestTooLarge', `a request may have at most ${max} ${unit}, this one has ${bytes}`, {
    field: 'body', max, unit, value: bytes,
  });
};
