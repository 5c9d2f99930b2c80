import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { PushAnswer, PushRequest } from '../core/ports/push-endpoint.ts';
import type { System } from '../core/ports/system.ts';
import { ForbiddenAddress } from './address-guard.ts';
import { errorCode, faultReason } from './fault-reason.ts';

/** More than enough for the answer to a confirmation. */
const BODY_BYTES_MAX = 4096;
/** What an endpoint has for its body once the status is there, which alone says what became of the message. */
const BODY_MS = 1000;

export interface Exchange {
  readonly url: URL;
  readonly request: PushRequest;
  readonly agent: Agent;
  readonly sleep: System['sleep'];
  /** Aborted when time is up, and when the request's own signal is. */
  readonly end: AbortSignal;
}

/** `stale`: a kept connection had been closed by the other side; a new one may well do. */
export type Exchanged = PushAnswer | { readonly kind: 'stale' };

/**
 * One POST over one connection. It counts as answered as soon as the status is there: an endpoint that has said 200 has
 * the message, whatever becomes of the rest. Redirects are not followed, so that nothing can lead a push to an address
 * that its subscription was not made for; a 3xx is an answer as any other.
 */
export async function exchange(exchange: Exchange): Promise<Exchanged> {
  const { url, request, agent, sleep, end } = exchange;
  if (end.aborted) return endedEarly(request);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const sent = send(url, { method: 'POST', headers: request.headers, agent, signal: end });
  const answer = answerTo(sent, sleep, end);
  sent.end(request.body);
  try {
    return await answer;
  } catch (error) {
    return faultOf(error, sent, exchange);
  } finally {
    // An endpoint that answered without reading the request would keep the connection busy for ever.
    if (!sent.writableFinished) sent.destroy();
  }
}

/** Rejects when the exchange ends without a status, in whatever way. */
function answerTo(sent: ClientRequest, sleep: System['sleep'], end: AbortSignal): Promise<PushAnswer> {
  return new Promise((resolve, reject) => {
    // Listened to at once: what comes in the same packet may end it before a promise gets its turn.
    sent.once('response', (response) => resolve(answerOf(response, sleep)));
    // Stays: an error after the answer changes nothing, but must find a listener.
    sent.on('error', reject);
    sent.once('close', () => reject(Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' })));
    // A request that waits for a free connection says nothing when it is aborted.
    end.addEventListener('abort', () => reject(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' })), { once: true });
  });
}

const answerOf = async (response: IncomingMessage, sleep: System['sleep']): Promise<PushAnswer> =>
  ({ kind: 'answered', status: response.statusCode ?? 0, body: await beginningOf(response, sleep) });

/** Never rejects, and leaves nothing coming in: what is not read is cut off, with its connection. */
async function beginningOf(response: IncomingMessage, sleep: System['sleep']): Promise<string> {
  const ended = new AbortController();
  void sleep(BODY_MS, ended.signal).then(() => response.destroy());
  const parts: Buffer[] = [];
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    parts.push(part);
    bytes += part.byteLength;
    if (bytes >= BODY_BYTES_MAX) response.destroy();
  });
  // An error changes nothing, since the status is there; `close` comes after each end, good or bad.
  response.on('error', () => {});
  await new Promise((resolve) => { response.once('close', resolve); });
  // With a reason: without one it makes an error, with its stack, for each answer.
  ended.abort('read');
  return Buffer.concat(parts).subarray(0, BODY_BYTES_MAX).toString();
}

/** @throws what no endpoint can cause */
function faultOf(error: unknown, sent: ClientRequest, { request, end }: Exchange): Exchanged {
  if (error instanceof ForbiddenAddress) return { kind: 'forbidden', reason: error.message };
  if (end.aborted) return endedEarly(request);
  const code = errorCode(error);
  if (sent.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) return { kind: 'stale' };
  const reason = faultReason(error);
  if (reason === undefined) throw error;
  return { kind: 'unreachable', reason };
}

const endedEarly = ({ signal }: PushRequest): PushAnswer =>
  ({ kind: 'unreachable', reason: signal?.aborted ? 'stopped: no longer wanted' : 'timeout: no answer in time' });
