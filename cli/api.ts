import { z } from 'zod';
import { shownEndpoint } from './endpoint.ts';
import { CommandFailed, exitCodes, type FailureOptions } from './failure.ts';
import { plainText } from './plain-text.ts';
import { type Signing, signedHeaders, signingHint } from './signing.ts';

export interface Call<Answer> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/v1` on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly answer: z.ZodType<Answer>;
}

/** The API, one request a call, none of them repeated: what was lost may have been carried out. */
export interface Api {
  /** @throws CommandFailed */
  call<Answer>(call: Call<Answer>): Promise<Answer>;
}

export interface ApiOptions {
  readonly endpoint: URL;
  readonly signing: Signing;
  /** Aborted: whoever waits has had enough. */
  readonly interrupted: AbortSignal;
}

/** Longer than API Gateway lets a request take. */
const ANSWER_BOUND_MS = 35_000;

export const apiAt = (options: ApiOptions): Api => ({
  async call({ method, path, query = {}, body, answer }) {
    const url = new URL(shownEndpoint(options.endpoint) + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = { method, url, headers: body === undefined ? {} : { 'content-type': 'application/json' }, ...payload };
    const headers = await untilInterrupted(signedHeaders(request, options.signing), options.interrupted);
    const { response, text } = await exchange(url, { method, headers, ...payload }, options);
    if (!response.ok) throw refusal(response, text, options);
    const read = answer.safeParse(parseJson(text));
    if (read.success) return read.data;
    throw new CommandFailed(`${shownEndpoint(options.endpoint)} answered ${response.status}, but not as RewindMQ does: is it another program, or another version?`, { mayHaveHappened: true });
  },
});

const interruption = (options: FailureOptions): CommandFailed => new CommandFailed('interrupted', { exitCode: exitCodes.interrupted, ...options });

/** For what cannot be called off: it is no longer waited for. */
async function untilInterrupted<T>(work: Promise<T>, interrupted: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(interruption({}));
    if (interrupted.aborted) stop();
    interrupted.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => interrupted.removeEventListener('abort', stop));
  });
}

interface Exchange {
  readonly response: Response;
  readonly text: string;
}

async function exchange(url: URL, request: RequestInit, { endpoint, interrupted }: ApiOptions): Promise<Exchange> {
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(ANSWER_BOUND_MS)]);
  try {
    // A signature is for one address: it is not carried on to another one.
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    return { response, text: await response.text() };
  } catch (cause) {
    if (interrupted.aborted) throw interruption({ mayHaveHappened: true, cause });
    throw noAnswer(shownEndpoint(endpoint), cause);
  }
}

/** Of a connection that did not come about: nothing was sent. */
const unconnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT']);

function noAnswer(endpoint: string, fault: unknown): CommandFailed {
  const { code, reason } = describeFault(fault);
  if (!unconnected.has(code)) return new CommandFailed(`${endpoint} did not answer: ${reason}`, { mayHaveHappened: true, cause: fault });
  return new CommandFailed(
    `${endpoint} cannot be reached: ${reason}\nStart a server on this machine with \`npm start\`, or say where it is with --endpoint URL or REWINDMQ_ENDPOINT.`,
    { cause: fault },
  );
}

/** What `fetch` fails with has its reason inside; of several addresses that were tried there is a code only. */
function describeFault(fault: unknown): { readonly code: string; readonly reason: string } {
  const inner: unknown = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  const message = inner instanceof Error ? inner.message : String(inner);
  return { code, reason: message || code };
}

const apiError = z.object({ error: z.object({ code: z.string(), message: z.string() }), requestId: z.string() });

/** As API Gateway, or something before it, says no. */
const foreignError = z.union([z.object({ message: z.string() }), z.object({ Message: z.string() }).transform(({ Message: message }) => ({ message }))]);

function refusal(response: Response, text: string, { endpoint, signing }: ApiOptions): CommandFailed {
  const { status } = response;
  const hint = status === 401 || status === 403 ? `\n${signingHint(signing)}` : '';
  return new CommandFailed(`${describeRefusal(response, text, shownEndpoint(endpoint))}${hint}`, { mayHaveHappened: status >= 500 });
}

function describeRefusal({ status, statusText, headers }: Response, text: string, endpoint: string): string {
  const body = parseJson(text);
  const ours = apiError.safeParse(body);
  if (ours.success) {
    const { error: { code, message }, requestId } = ours.data;
    return plainText(`${code}: ${message} (request id ${requestId})`);
  }
  const foreign = foreignError.safeParse(body);
  const requestId = headers.get('x-request-id') ?? headers.get('apigw-requestid') ?? headers.get('x-amzn-requestid');
  return plainText([
    `${endpoint} answered ${status} ${statusText}`.trimEnd(),
    foreign.success ? `: ${foreign.data.message}` : ', not as RewindMQ does: is it the right address?',
    requestId === null ? '' : ` (request id ${requestId})`,
  ].join(''));
}

/** Undefined if it is none. What the parser says of it is dropped: it repeats the text, which may hold a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
