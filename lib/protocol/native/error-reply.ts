import { CallerError } from '../../core/errors.ts';
import type { WireReply } from '../wire.ts';
import { toWireError } from './error-codes.ts';

const RETRY_AFTER_SECONDS = '1';

/** The one rendering of an error, for whoever answers in the name of the API. */
export function errorReply(requestId: string, error: unknown): WireReply {
  const { status, ...wire } = toWireError(error);
  return {
    status,
    headers: { ...jsonHeaders(requestId), ...headersOf(status, error) },
    body: JSON.stringify({ error: wire, requestId }),
  };
}

/** What every reply with a body has. */
export const jsonHeaders = (requestId: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  'x-request-id': requestId,
});

function headersOf(status: number, error: unknown): Readonly<Record<string, string>> {
  if (status === 503) return { 'retry-after': RETRY_AFTER_SECONDS };
  if (status === 401) return { 'www-authenticate': 'AWS4-HMAC-SHA256' };
  if (!(error instanceof CallerError) || error.kind !== 'methodNotAllowed') return {};
  const { allow } = error.details;
  return Array.isArray(allow) ? { allow: allow.join(', ') } : {};
}
