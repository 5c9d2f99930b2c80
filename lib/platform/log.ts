import { StoreUnavailable } from '../core/errors.ts';

/** What became of the process and its requests, for whoever operates it. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

export const logLevels = ['info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  /** Events below it are left out; `silent` leaves out all. */
  readonly level: LogLevel;
  /** Takes one line without its end. */
  readonly write?: (line: string) => void;
  readonly now?: () => number;
}

/** One JSON object a line, to stderr: CloudWatch and `jq` read it as it is. */
export function jsonLog({ level, write = toStderr, now = Date.now }: LogOptions): Log {
  const logger = (own: Exclude<LogLevel, 'silent'>) => (event: string, fields: LogFields = {}) => {
    if (logLevels.indexOf(own) < logLevels.indexOf(level)) return;
    write(JSON.stringify({ time: new Date(now()).toISOString(), level: own, event, ...fields }, replacer));
  };
  return { info: logger('info'), warn: logger('warn'), error: logger('error') };
}

const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/** Fields that prove something to us. A log is read by more people than may use a queue. */
const SECRET_FIELDS = /^(secret|secretAccessKey|sessionToken|password|authorization|receiptHandles?|body)$/i;

function replacer(name: string, value: unknown): unknown {
  if (SECRET_FIELDS.test(name)) return '[hidden]';
  return value instanceof Error ? errorFields(value) : value;
}

/** The SDK's own fields on an error hold whole requests: only these are told. */
function errorFields(error: Error): LogFields {
  const { name, message, stack, cause } = error;
  // A store that is away for a while fails every request, in the same way, and its message says all there is to know.
  if (error instanceof StoreUnavailable) return { name, message, outcome: error.outcome };
  if (cause instanceof StoreUnavailable) return { name, message, cause };
  return { name, message, stack: stack?.split('\n').slice(1, STACK_LINES).map((line) => line.trim()), cause };
}

const STACK_LINES = 8;
