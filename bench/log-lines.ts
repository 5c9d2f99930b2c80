/**
 * Bodies for the benchmarks: lines of an access log as JSON, of 1 KB each. Most of a line repeats
 * from line to line and some of it (ids, digests, times) cannot be compressed at all, as in a real
 * log, so that sixteen of them pack to about a third.
 */

export const LOG_LINE_BYTES = 1024;

/** The same seed gives the same lines: two runs send the same bytes. */
export function logLines(count: number, seed = 1): readonly string[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => logLine(index, random));
}

/** One line after the other, for ever: enough different ones that two requests in a row differ. */
export function lineSupply(seed = 1): () => string {
  const lines = supplies.get(seed) ?? logLines(LINES, seed);
  supplies.set(seed, lines);
  let next = 0;
  return () => {
    next = (next + 1) % LINES;
    return lines[next] ?? '';
  };
}

/** Not a multiple of any batch. */
const LINES = 3_001;

/** By seed: making them takes a while. */
const supplies = new Map<number, readonly string[]>();

type Random = () => number;

const services = ['checkout', 'catalogue', 'accounts', 'search', 'delivery', 'invoices'];
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const resources = ['orders', 'customers', 'baskets', 'products', 'payments', 'shipments', 'reviews'];
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
  'okhttp/5.1.0',
];

function logLine(index: number, random: Random): string {
  const service = pick(services, random);
  const resource = pick(resources, random);
  const status = random() < 0.93 ? 200 : 404;
  const line = JSON.stringify({
    timestamp: new Date(1_760_000_000_000 + index * 37 + Math.floor(random() * 30)).toISOString(),
    level: status === 200 ? 'info' : 'warn',
    service,
    host: `${service}-${Math.floor(random() * 8)}.eu-central.internal`,
    message: `${pick(methods, random)} /v2/${resource}/${Math.floor(random() * 1e7)} answered ${status}`,
    traceId: hexadecimal(32, random),
    spanId: hexadecimal(16, random),
    request: {
      id: hexadecimal(16, random),
      path: `/v2/${resource}`,
      query: { after: base64(86, random), sort: 'createdAt' },
      address: `10.${octet(random)}.${octet(random)}.${octet(random)}`,
      userAgent: pick(agents, random),
      signature: base64(86, random),
    },
    response: {
      status,
      bytes: Math.floor(random() * 90_000),
      etag: hexadecimal(40, random),
      durationMs: Math.floor(random() * 900),
      upstreamMs: Math.floor(random() * 600),
    },
    user: { id: Math.floor(random() * 5e6), session: hexadecimal(32, random), roles: ['customer'], country: 'DE' },
    labels: { environment: 'production', region: 'eu-central-1', version: '2026.11.3' },
  });
  return padded(line, random);
}

/** To the exact size, with more of what such lines carry: names of the steps of a request. */
function padded(line: string, random: Random): string {
  let steps = '';
  while (line.length + steps.length < LOG_LINE_BYTES) {
    steps += ` ${pick(['authenticate', 'authorise', 'load', 'validate', 'price', 'render'], random)}=${Math.floor(random() * 90)}ms`;
  }
  const room = LOG_LINE_BYTES - line.length - ',"steps":""'.length;
  return `${line.slice(0, -1)},"steps":"${steps.slice(0, room)}"}`;
}

const octet = (random: Random): number => Math.floor(random() * 256);

const pick = (choices: readonly string[], random: Random): string => choices[Math.floor(random() * choices.length)] ?? '';

const HEXADECIMAL = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const hexadecimal = (length: number, random: Random): string => digits(HEXADECIMAL, length, random);
const base64 = (length: number, random: Random): string => digits(BASE64, length, random);

function digits(alphabet: string, length: number, random: Random): string {
  let text = '';
  while (text.length < length) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}

/** Mulberry32: small, fast and good enough for bodies. */
function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
