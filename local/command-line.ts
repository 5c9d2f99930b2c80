import { BlockList, isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { type AccessKeyPair, KEY_VARIABLE, parseKeyPair } from '../lib/platform/access-key-variable.ts';

/** Where the server listens, and where it keeps what it is given. */
export interface ServeOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly store: { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'memory' };
  /** Every request must be signed, with this key or one that was issued. Absent: none must. */
  readonly administrator?: AccessKeyPair;
}

export type CommandLine =
  | { readonly kind: 'serve'; readonly options: ServeOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly text: string };

const PORT_MAX = 65_535;

export const helpText = `Usage: npm start -- [flags]

  --port N                port to listen on, 0 to ${PORT_MAX}, 0 for any free one (default 8400)
  --host ADDRESS          address to listen on (default 127.0.0.1); with --access-key also one that others can reach
  --access-key ID:SECRET  every request must be signed: with this key, which may do everything, or with one issued
                          by it. The environment variable ${KEY_VARIABLE} does the same, and is not seen
                          in the list of processes
  --data DIR              folder that keeps queues and messages (default .rewindmq)
  --memory                keep nothing: all is gone when the server ends
  --version               print the version
  --help                  print this text
`;

const flags = {
  port: { type: 'string', default: '8400' },
  host: { type: 'string', default: '127.0.0.1' },
  'access-key': { type: 'string' },
  data: { type: 'string' },
  memory: { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What the arguments ask for. A wrong one is told by name, with its limit and value. */
export function parseCommandLine(args: readonly string[], environment: Readonly<Record<string, string | undefined>> = {}): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: flags, allowPositionals: false });
    if (values.help) return { kind: 'help' };
    if (values.version) return { kind: 'version' };
    const port = parsePort(values.port);
    const administrator = parseKey(values['access-key'], environment[KEY_VARIABLE]);
    const host = parseHost(values.host, administrator !== undefined);
    return { kind: 'serve', options: { host, port, store: parseStore(values.memory, values.data), ...(administrator ? { administrator } : {}) } };
  } catch (error) {
    if (error instanceof WrongFlag || isParseArgsError(error)) return { kind: 'wrong', text: error.message };
    throw error;
  }
}

class WrongFlag extends Error {}

const isParseArgsError = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= PORT_MAX) return port;
  throw new WrongFlag(`--port must be a whole number from 0 to ${PORT_MAX}, got ${text}`);
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function parseHost(text: string, isGuarded: boolean): string {
  if (text.toLowerCase() === 'localhost') return 'localhost';
  const family = isIP(text);
  if (family !== 0 && (isGuarded || loopback.check(text, family === 6 ? 'ipv6' : 'ipv4'))) return text;
  if (isGuarded) throw new WrongFlag(`--host must be an IP address or localhost, got ${text}`);
  throw new WrongFlag(
    `--host must be a loopback address (127.0.0.1, ::1 or localhost) unless there is an --access-key, got ${text}: `
    + 'anyone who can reach another address could read and delete every message',
  );
}

/** The secret is repeated in no error. */
function parseKey(flag: string | undefined, variable: string | undefined): AccessKeyPair | undefined {
  const [source, text] = flag === undefined ? [KEY_VARIABLE, variable] : ['--access-key', flag];
  if (text === undefined) return undefined;
  // Somebody meant to have one, and the file or the variable that it was to come from is empty.
  if (flag === undefined && text === '') throw new WrongFlag(`${KEY_VARIABLE} is set, but empty: give it a key, as ID:SECRET, or unset it to let every program on this machine in`);
  const key = parseKeyPair(text);
  if (key) return key;
  throw new WrongFlag(`${source} must be ID:SECRET, an id of 4 to 128 letters and digits (clients of CMQ need AKID at its beginning) and a secret of 8 to 256 visible ASCII characters, got ${text.length} characters of another form`);
}

function parseStore(memory: boolean, data: string | undefined): ServeOptions['store'] {
  if (memory && data !== undefined) throw new WrongFlag(`--memory keeps nothing, so it cannot be given together with --data, got --data ${data}`);
  if (data === '') throw new WrongFlag('--data must name a folder, got an empty text');
  return memory ? { kind: 'memory' } : { kind: 'folder', folder: data ?? '.rewindmq' };
}
