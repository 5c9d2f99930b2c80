import type { CallerErrorKind } from '../../lib/core/errors.ts';
import { handle, type WireReply } from '../../lib/protocol/handle.ts';
import { callerErrorCodes } from '../../lib/protocol/native/error-codes.ts';
import { memoryDeps } from '../support/memory-deps.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Extras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly caller?: string;
  readonly signal?: AbortSignal;
}

/** Somebody who calls the API. A body that is no string and no bytes goes out as JSON. */
export function newCaller(deps = memoryDeps()) {
  const call = async (method: string, target: string, body?: unknown, extras: Extras = {}): Promise<Reply> => {
    const [path = '', ...query] = target.split('?');
    const reply = await handle(deps, { method, path, query: query.join('?'), headers: {}, body: toBytes(body), ...extras });
    return { ...reply, body: parse(reply) };
  };
  return { deps, call };
}

function toBytes(body: unknown): Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}

const parse = ({ body }: WireReply): unknown => (body === '' ? undefined : JSON.parse(body));

/** What `toMatchObject` finds in the reply to a request that was refused so. */
export const refusal = (kind: CallerErrorKind, message: string, details: Readonly<Record<string, unknown>> = {}) => ({
  status: callerErrorCodes[kind].status,
  body: { error: { code: callerErrorCodes[kind].code, message, details } },
});
