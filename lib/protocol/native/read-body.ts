import { CallerError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';

/**
 * The JSON value of a body; none at all is `{}`, so that everything may take its default.
 * The content type is not looked at: every body here is JSON, whatever a client calls it.
 * @throws CallerError `requestTooLarge`, `malformedRequest`
 */
export function readBody(body: Uint8Array | undefined): unknown {
  if (!body || body.byteLength === 0) return {};
  checkSize(body.byteLength);
  return parseJson(decodeText(body));
}

/** @throws CallerError `malformedRequest`: something was said that nobody would have read */
export function readNothing(body: Uint8Array | undefined): undefined {
  if (!body || body.byteLength === 0) return undefined;
  checkSize(body.byteLength);
  throw new CallerError('malformedRequest', 'this request takes no body', { field: 'body' });
}

function checkSize(bytes: number): void {
  const { min, max, unit } = limits.requestBytes;
  if (bytes <= max) return;
  throw new CallerError('requestTooLarge', `the body must be at most ${max} ${unit}, got ${bytes}`, {
    field: 'body', min, max, unit, value: bytes,
  });
}

function decodeText(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CallerError('malformedRequest', 'the body is not UTF-8', { field: 'body' });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CallerError('malformedRequest', 'the body is not JSON', { field: 'body' });
  }
}
