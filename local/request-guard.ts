import { CallerError } from '../lib/core/errors.ts';

/** Where this server can be reached, as a browser would write it. */
export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Refuse requests that a web page sent behind its reader's back. Requests are not signed on one
 * machine, so all that keeps a page of the internet from the queues is this:
 * - `Host` must be this server's own. A page whose name was pointed at 127.0.0.1 after it was loaded
 *   (DNS rebinding) is of the same origin as this server for the browser, but still sends its own name.
 * - `Origin`, which browsers add to every POST and to every request across sites, must be this server
 *   too. Without that, a form on any page could send and purge, although it could not read the answer.
 * Clients of the CMQ dialect that cannot be told another address have their connections led here, and go on to
 * send the one they know: no page of the internet is served from there but its owner's.
 * @throws CallerError `hostNotAllowed`
 */
export function checkSender(own: OwnAddress, headers: { readonly host?: string | undefined; readonly origin?: string | undefined }): void {
  const hosts = ownHosts(own);
  const host = (headers.host ?? '').toLowerCase();
  if (!hosts.includes(host) && !hostOfCmq.test(host)) {
    throw new CallerError('hostNotAllowed', `the Host header must be one of ${hosts.join(', ')}, got ${headers.host ?? 'none'}`, {
      field: 'Host', allowed: hosts, value: headers.host ?? null,
    });
  }
  if (headers.origin === undefined || hosts.some((host) => headers.origin?.toLowerCase() === `http://${host}`)) return;
  throw new CallerError('hostNotAllowed', `requests of web pages from elsewhere are refused: the Origin header is ${headers.origin}`, {
    field: 'Origin', allowed: hosts.map((host) => `http://${host}`), value: headers.origin,
  });
}

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
