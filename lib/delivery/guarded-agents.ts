import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import type { AddressGuard } from './address-guard.ts';

/**
 * The connections to endpoints. None goes to a name whose addresses the guard has not let through; where the host of a
 * URL is an address, Node looks nothing up, and the guard is to be asked before.
 */
export interface GuardedAgents {
  /** Connections are kept between requests. */
  agentOf(url: URL): HttpAgent;
  /** A connection of its own for one request. */
  freshAgentOf(url: URL): HttpAgent;
  close(): void;
}

/** Per endpoint, so that a slow one takes none from another. As many may be idle, or each burst would open them anew. */
const SOCKETS_MAX = 128;
/** Shorter than the 5 s after which most servers close an idle connection: a request should not meet that. */
const IDLE_MS = 4000;

/**
 * Agents of their own also since Node's global one may be told by the environment to go through a proxy, which would
 * then connect where we must not.
 */
export function guardedAgents(guard: AddressGuard, trustedCertificates?: readonly string[]): GuardedAgents {
  const lookup = guardedLookup(guard);
  const pairOf = (options: AgentOptions) => ({
    'http:': new HttpAgent({ ...options, lookup }),
    'https:': new HttpsAgent({ ...options, lookup, ...(trustedCertificates && { ca: [...trustedCertificates] }) }),
  });
  const kept = pairOf({ keepAlive: true, maxSockets: SOCKETS_MAX, maxFreeSockets: SOCKETS_MAX, timeout: IDLE_MS });
  const fresh = pairOf({ keepAlive: false });
  return {
    agentOf: ({ protocol }) => kept[protocol === 'https:' ? 'https:' : 'http:'],
    freshAgentOf: ({ protocol }) => fresh[protocol === 'https:' ? 'https:' : 'http:'],
    close: () => [kept, fresh].flatMap((pair) => Object.values(pair)).forEach((agent) => agent.destroy()),
  };
}

/** Node connects to what this returns, without looking it up again. */
function guardedLookup(guard: AddressGuard): LookupFunction {
  const addressesOf = callbackify((host: string) => guard.addressesOf(host));
  return (host, { all }, callback) => addressesOf(host, (error, addresses) => {
    const [first = ''] = addresses ?? [];
    if (error) callback(error, '');
    else if (all) callback(null, addresses.map((address) => ({ address, family: isIP(address) })));
    else callback(null, first, isIP(first));
  });
}
