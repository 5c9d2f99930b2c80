import type { Deps } from '../../core/deps.ts';
import { limits } from '../../core/limits.ts';
import type { WireReply, WireRequest } from '../wire.ts';
import type { Action, Fields } from './action.ts';
import { actions } from './actions.ts';
import { authenticate } from './authenticate.ts';
import { decodeBody, type Form, parseForm } from './form.ts';
import { type Parameters, parametersOf } from './parameters.ts';
import { CmqRefusal, toRefusal, wireError } from './refusals.ts';

const paths = new Set(['/', '/v2/index.php']);

/** Is a request for this dialect? */
export const isCmqPath = (path: string): boolean => paths.has(path);

const actionsByName = new Map(actions.map((action) => [action.name.toLowerCase(), action]));

/**
 * Answer one request. Never throws: whatever goes wrong is an answer, and every answer is a 200, since half of
 * the clients read no other.
 */
export async function answerCmq(deps: Deps, request: WireRequest): Promise<WireReply> {
  const requestId = deps.system.newId();
  let echo: Fields = {};
  try {
    const form = formOf(request);
    echo = echoOf(form);
    return reply(requestId, { code: 0, message: '', ...echo, ...await run(deps, request, form) });
  } catch (error) {
    const refusal = toRefusal(error);
    if (refusal.refusal === 'internalError') deps.report(new Error(`a request of the CMQ dialect failed, request ${requestId}`, { cause: error }));
    return refusalReply(requestId, refusal, echo);
  }
}

/** The one rendering of an error of this dialect, for whoever answers in its name. */
export function refusalReply(requestId: string, error: unknown, echo: Fields = {}): WireReply {
  const { refusal, subject, fields } = toRefusal(error);
  return reply(requestId, { ...wireError(refusal, subject), ...echo, ...fields });
}

function formOf({ method, query, body }: WireRequest): Form {
  if (method === 'GET') return parseForm(query);
  if (method !== 'POST') throw new CmqRefusal('methodNotAllowed', method);
  if (body && body.byteLength > limits.requestBytes.max) throw new CmqRefusal('unreadable', 'body');
  return parseForm(decodeBody(body));
}

async function run(deps: Deps, request: WireRequest, form: Form): Promise<Fields> {
  const params = parametersOf(form);
  const action = actionOf(params);
  const host = request.headers['host'] ?? '';
  const { method, path, signal } = request;
  const name = action.about === undefined ? '' : params.optionalText(action.about) ?? '';
  const sender = await authenticate(deps, { method, host, path, form }, { operation: action.operation, name });
  const caller = sender?.keyId ?? request.caller;
  const requestedBy = caller === undefined ? {} : { requestedBy: caller };
  return action.run(sender ? { ...deps, access: sender.access } : deps, { params, host, requestedBy, ...(signal ? { signal } : {}) });
}

function actionOf(params: Parameters): Action {
  const name = params.optionalText('Action');
  if (name === undefined) throw new CmqRefusal('actionMissing');
  const action = actionsByName.get(name.toLowerCase());
  if (!action) throw new CmqRefusal('actionUnknown', name);
  return action;
}

/** One client reads its own number back, and takes nothing but a number. */
function echoOf(form: Form): Fields {
  const given = form.get('clientRequestId') ?? '';
  return /^\d{1,15}$/.test(given) ? { clientRequestId: Number(given) } : {};
}

const reply = (requestId: string, fields: Fields): WireReply =>
  ({ status: 200, headers: { 'content-type': 'application/json', 'x-request-id': requestId }, body: JSON.stringify({ ...fields, requestId }) });
