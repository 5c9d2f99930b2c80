import { isIP } from 'node:net';
import type { EndpointCheck, PushAnswer, PushEndpoint, PushRequest } from '../core/ports/push-endpoint.ts';
import type { System } from '../core/ports/system.ts';
import { endpointUrlProblem } from '../core/push/endpoint-url.ts';
import { type AddressGuard, type AddressGuardOptions, addressGuard, ForbiddenAddress } from './address-guard.ts';
import { exchange } from './exchange.ts';
import { faultReason } from './fault-reason.ts';
import { guardedAgents } from './guarded-agents.ts';

export interface HttpEndpointOptions extends AddressGuardOptions {
  readonly sleep: System['sleep'];
  /** PEM, instead of those that come with Node. */
  readonly trustedCertificates?: readonly string[];
}

/** A port with something to let go of. */
export interface HttpEndpoint extends PushEndpoint {
  /** Ends all connections, those in use too. Idle ones keep no process alive. */
  close(): void;
}

/** What whoever creates a subscription is made to wait at most for a name. */
const CHECK_MS = 5000;

/** Pushes over HTTP and HTTPS, to public addresses alone unless it is told otherwise. */
export function httpEndpoint({ sleep, trustedCertificates, ...guarding }: HttpEndpointOptions): HttpEndpoint {
  const guard = addressGuard(guarding);
  const agents = guardedAgents(guard, trustedCertificates);

  const postTo = async (url: URL, request: PushRequest, end: AbortSignal): Promise<PushAnswer> => {
    // Names are checked when they are looked up, for each connection.
    const literal = isIP(hostOf(url)) ? await lookUp(guard, url) : undefined;
    if (literal?.kind === 'forbidden') return literal;
    const first = await exchange({ url, request, agent: agents.agentOf(url), sleep, end });
    if (first.kind !== 'stale') return first;
    const second = await exchange({ url, request, agent: agents.freshAgentOf(url), sleep, end });
    return second.kind === 'stale' ? { kind: 'unreachable', reason: 'reset: the connection ended before the answer' } : second;
  };

  return {
    async post(request) {
      const problem = endpointUrlProblem(request.url);
      if (problem) return { kind: 'forbidden', reason: `the URL ${problem}` };
      const deadline = deadlineOf(sleep, request);
      try {
        return await postTo(new URL(request.url), request, deadline.end);
      } finally {
        deadline.release();
      }
    },

    async check(text) {
      const problem = endpointUrlProblem(text);
      if (problem) return { kind: 'forbidden', reason: `the URL ${problem}` };
      const found = new AbortController();
      const late = sleep(CHECK_MS, found.signal).then((): EndpointCheck => ({ kind: 'unresolvable', reason: 'timeout: the host could not be looked up in time' }));
      try {
        return await Promise.race([lookUp(guard, new URL(text)), late]);
      } finally {
        found.abort();
      }
    },

    close: () => agents.close(),
  };
}

async function lookUp(guard: AddressGuard, url: URL): Promise<EndpointCheck> {
  try {
    await guard.addressesOf(hostOf(url));
    return { kind: 'reachable' };
  } catch (error) {
    if (error instanceof ForbiddenAddress) return { kind: 'forbidden', reason: error.message };
    const reason = faultReason(error);
    if (reason === undefined) throw error;
    return { kind: 'unresolvable', reason };
  }
}

/** Without the brackets of an IPv6 address. The URL class has brought other spellings of addresses into the usual one. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.+)\]$/, '$1');

interface Deadline {
  /** Aborted when time is up, or when the caller's signal is. */
  readonly end: AbortSignal;
  /** The exchange is over: what comes later must not touch its connection, which serves others now. */
  release(): void;
}

function deadlineOf(sleep: System['sleep'], { timeoutMs, signal }: PushRequest): Deadline {
  const end = new AbortController();
  const released = new AbortController();
  const stop = (): void => {
    if (!released.signal.aborted) end.abort();
  };
  void sleep(timeoutMs, released.signal).then(stop);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true, signal: released.signal });
  return { end: end.signal, release: () => released.abort('over') };
}
