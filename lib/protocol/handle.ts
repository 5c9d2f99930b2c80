import type { Deps } from '../core/deps.ts';
import { ObjectUnreadable } from '../core/errors.ts';
import { answerCmq, isCmqPath } from './cmq/answer.ts';
import { actions } from './native/actions.ts';
import { admit } from './native/admit.ts';
import type { Answer } from './native/action.ts';
import { errorReply, jsonHeaders } from './native/error-reply.ts';
import { routesOf } from './native/find-route.ts';
import type { WireReply, WireRequest } from './wire.ts';

export type { WireReply, WireRequest } from './wire.ts';

const findRoute = routesOf(actions);

/**
 * May it be signed, as far as its path and headers tell? What cannot be, where requests must be, gets the same answer
 * without its body. The CMQ dialect has the signature in there.
 */
export const mayBeSigned = ({ path, headers }: Pick<WireRequest, 'path' | 'headers'>): boolean => isCmqPath(path) || headers['authorization'] !== undefined;

/**
 * Answer one request. Never throws: whatever goes wrong is a reply, and every reply has the
 * request's id in `x-request-id`. A fault that is not the caller's is reported in full.
 */
export async function handle(deps: Deps, request: WireRequest): Promise<WireReply> {
  if (isCmqPath(request.path)) return answerCmq(deps, request);
  const requestId = deps.system.newId();
  try {
    const { action, params } = findRoute(request.method, request.path);
    const admitted = await admit(deps, request, { operation: action.claims, name: params['queue'] ?? params['topic'] ?? '' });
    return goodReply(requestId, await action.answer(admitted.deps, { ...admitted.request, params }));
  } catch (error) {
    const reply = errorReply(requestId, error);
    if (reply.status >= 500) deps.report(faultOf(error, `${request.method} ${request.path} failed, request ${requestId}`));
    return reply;
  }
}

/** What cannot be read is counted by the name of its error, whoever met it. */
const faultOf = (error: unknown, message: string): Error =>
  (error instanceof ObjectUnreadable ? error : new Error(message, { cause: error }));

function goodReply(requestId: string, { status, body }: Answer<string>): WireReply {
  const headers = body === '' ? { 'x-request-id': requestId } : jsonHeaders(requestId);
  return { status, headers, body };
}
