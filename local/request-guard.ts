import { CallerError } from '../lib/core/errors.ts';

/** Where this server can be reached, as a browser would write it. */
export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** What a request says of where it comes from. A page can change none of it, and leave out none but `referer`. */
export interface SenderHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly referer?: string | undefined;
  readonly 'sec-fetch-site'?: string | undefined;
}

/**
 * Refuse requests that a web page sent behind its reader's back. Requests are not signed on one
 * machine, so all that keeps a page of the internet from the queues is this:
 * - `Host` must be this server's own. A page whose name was pointed at 127.0.0.1 after it was loaded
 *   (DNS rebinding) is of the same origin as this server for the browser, but still sends its own name.
 * - `Origin`, which browsers add to every POST and to what a page's script asks, must be this server
 *   too. Without that, a form on any page could send and purge, although it could not read the answer.
 * - `Sec-Fetch-Site` must not say that the request comes from another site. An image, a link or a frame
 *   on any page is a GET without `Origin`, and in the CMQ dialect a GET deletes a queue.
 * - `Referer` must be a page of this server: all that browsers older than `Sec-Fetch-Site` say (Safari before 16.4).
 * Clients of the CMQ dialect that cannot be told another address have their connections led here, and go on to
 * send the one they know: no page of the internet is served from there but its owner's. Programs send none of the other three.
 * @throws CallerError `hostNotAllowed`
 */
export function checkSender(own: OwnAddress, { host: given, origin, referer, 'sec-fetch-site': site }: SenderHeaders): void {
  const hosts = ownHosts(own);
  const host = (given ?? '').toLowerCase();
  if (!hosts.includes(host) && !hostOfCmq.test(host)) {
    throw new CallerError('hostNotAllowed', `the Host header must be one of ${hosts.join(', ')}, got ${given ?? 'none'}`, {
      field: 'Host', allowed: hosts, value: given ?? null,
    });
  }
  const origins = hosts.map((name) => `http://${name}`);
  if (origin !== undefined && !origins.includes(origin.toLowerCase())) throw fromElsewhere('Origin', origin, origins);
  if (site !== undefined && !ownSites.includes(site)) throw fromElsewhere('Sec-Fetch-Site', site, ownSites);
  if (referer !== undefined && !origins.includes(originOf(referer))) throw fromElsewhere('Referer', referer, origins);
}

/** A page of this server, and a person who typed the address. `same-site` is another port of this machine. */
const ownSites: readonly string[] = ['same-origin', 'none'];

const fromElsewhere = (field: string, value: string, allowed: readonly string[]): CallerError =>
  new CallerError('hostNotAllowed', `requests of web pages from elsewhere are refused: the ${field} header is ${value}`, { field, allowed, value });

/** The scheme, host and port that a URL begins with, as it is written: the usual port may stand there or not. */
const originOf = (url: string): string => (/^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? '').toLowerCase();

/** Where the original was to be reached, by region. */
const hostOfCmq = /^(?:cmq-(?:queue|topic)-[a-z0-9-]+\.api\.(?:qcloud|tencentyun)\.com|cmq-[a-z0-9-]+\.public\.tencenttdmq\.com|[a-z0-9-]+\.mqadapter\.cmq\.tencentyun\.com)(?::\d{1,5})?$/;

const HTTP_PORT = 80;

/** Every spelling of this server's address; the usual port of HTTP may be left out. */
function ownHosts({ host, port }: OwnAddress): readonly string[] {
  const names = [...new Set(['localhost', '127.0.0.1', '[::1]', inUrl(host).toLowerCase()])];
  const withPort = names.map((name) => `${name}:${port}`);
  return port === HTTP_PORT ? [...withPort, ...names] : withPort;
}

/** An IPv6 address stands in brackets in URLs and Host headers. */
export const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);
