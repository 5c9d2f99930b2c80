import type { Environment } from '../lib/platform/settings.ts';
import { WrongUse } from './failure.ts';

export const ENDPOINT_VARIABLE = 'REWINDMQ_ENDPOINT';
export const DEFAULT_ENDPOINT = 'http://127.0.0.1:8400';

/** Where the API is: the flag, else the variable, else the server on this machine. @throws WrongUse */
export function readEndpoint(flag: string | undefined, environment: Environment): URL {
  const variable = environment[ENDPOINT_VARIABLE];
  const [source, text] = flag === undefined ? [ENDPOINT_VARIABLE, variable || DEFAULT_ENDPOINT] : ['--endpoint', flag];
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && isBare(url)) return url;
  // A password in a URL is a secret like any other: what was given is not repeated.
  throw new WrongUse(`${source} must be the address of the API, as http://127.0.0.1:8400 or https://….execute-api.eu-west-1.amazonaws.com, without user, query and fragment`);
}

const isBare = ({ username, password, search, hash }: URL): boolean => [username, password, search, hash].every((part) => part === '');

/** As people write it. */
export const shownEndpoint = ({ href }: URL): string => href.replace(/\/$/, '');

/** The region that the host name of an API Gateway says. */
export const regionOf = ({ hostname }: URL): string | undefined =>
  /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(hostname)?.[1];

/** Can whoever listens on the way read what is told there? Nobody does on the way to this machine itself. */
export const canBeOverheard = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !/^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
