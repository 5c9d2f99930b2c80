import { z } from 'zod';
import type { Body } from '../../../core/message.ts';
import { isShorterInBase64 } from '../../../core/text-size.ts';
import { isUnicode, NOT_UNICODE } from './bounded.ts';

/** How `body` is to be read. */
export const bodyEncoding = z.enum(['text', 'base64']);

export interface WireBody {
  readonly body: string;
  readonly encoding: 'text' | 'base64';
}

/** The body as the core has it, or a text that says why there is none. Its size is checked by the core. */
export function parseBody({ body, encoding }: WireBody): Body | string {
  if (encoding === 'text') return isUnicode(body) ? { kind: 'text', text: body } : NOT_UNICODE;
  const bytes = Buffer.from(body, 'base64');
  // Buffer skips what it does not know: only what it writes back unchanged was base64.
  return bytes.toString('base64') === body ? { kind: 'binary', bytes } : 'must be base64 (RFC 4648, padded) when the encoding says so';
}

/** As it was sent, but for text that its escapes would blow up: that comes in base64 too. */
export function renderBody(body: Body): WireBody {
  if (body.kind === 'text' && isShorterInBase64(body.text)) return { body: Buffer.from(body.text).toString('base64'), encoding: 'base64' };
  if (body.kind === 'text') return { body: body.text, encoding: 'text' };
  const { buffer, byteOffset, byteLength } = body.bytes;
  return { body: Buffer.from(buffer, byteOffset, byteLength).toString('base64'), encoding: 'base64' };
}
