import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Every address of a name, as text. Rejects with an error that has a `code` where there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface AddressGuardOptions {
  /** For a server on its owner's machine, and for endpoints inside a private network. */
  readonly allowPrivateAddresses: boolean;
  readonly resolve?: Resolve;
}

/** Decides where connections may go. */
export interface AddressGuard {
  /**
   * What to connect to for a host, a name or an address; at least one.
   * @throws ForbiddenAddress when one of them is not public
   * @throws Error with a `code`, when there is none
   */
  addressesOf(host: string): Promise<readonly string[]>;
}

/** The host leads to where callers of the API may not send us. The text names no address. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

/**
 * Keeps whoever may create a subscription from reaching what only we can reach: the machine itself, its network, the
 * metadata service of its cloud at 169.254.169.254. Public unicast addresses are let through, nothing else: not what is
 * private today, and not what wraps another address (IPv4-mapped, NAT64, 6to4, Teredo), which may be a private one.
 *
 * A name with one address that is not public is refused as a whole. Choosing the public ones would be as safe, but then
 * a name that points inwards by mistake would work now and then.
 *
 * What was checked must be what is connected to, since a name can have another address a moment later. So whoever opens
 * a connection asks here and takes these addresses, and does not look up again.
 */
export function addressGuard({ allowPrivateAddresses, resolve = systemResolve }: AddressGuardOptions): AddressGuard {
  const resolveShared = shared(resolve);
  return {
    async addressesOf(host) {
      const addresses = isIP(host) ? [host] : await resolveShared(host);
      if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
      const kind = allowPrivateAddresses ? undefined : addresses.map(forbiddenKind).find((found) => found !== undefined);
      if (kind) throw new ForbiddenAddress(`the host ${isIP(host) ? 'is' : 'resolves to'} an address that is not public (${kind})`);
      return addresses;
    },
  };
}

/** All of the IPv6 that is given out for public unicast. What lies outside is of no use, or of an odd one. */
const publicIPv6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** What kind of address it is, when it is not one that anybody on the Internet can reach. */
export function forbiddenKind(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  return parsed.kind() === 'ipv6' && !parsed.match(publicIPv6) ? 'reserved' : undefined;
}

/**
 * As the machine resolves names: with its hosts file, which `node:dns`'s own resolver does not read. It takes one of
 * the few threads of Node's pool for as long as it lasts, hence `shared`.
 */
async function systemResolve(host: string): Promise<readonly string[]> {
  const addresses = await lookup(host, { all: true });
  return addresses.map(({ address }) => address);
}

/** A thousand connections that begin at once look a name up once. */
function shared(resolve: Resolve): Resolve {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return (host) => {
    const known = underWay.get(host);
    if (known) return known;
    const found = resolve(host).finally(() => underWay.delete(host));
    underWay.set(host, found);
    return found;
  };
}
