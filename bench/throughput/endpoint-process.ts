import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Plain data: it crosses a process boundary. */
export interface EndpointTask {
  /** How long it takes for each message. */
  readonly answerMs: number;
  /** After so many it ends. */
  readonly messages: number;
}

/** Instants are those of the machine's clock. */
export interface PushesSeen {
  /** More than messages, if one came twice. */
  readonly requests: number;
  readonly mostAtOnce: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** What an answer took, the mean. */
  readonly tookMs: number;
}

/** An HTTP endpoint in a process of its own, listening on loopback. */
export interface EndpointProcess {
  readonly url: string;
  /** Once every message was answered. */
  seen(): Promise<PushesSeen>;
  stop(): void;
}

const program = fileURLToPath(new URL('endpoint.ts', import.meta.url));
const SEEN_MS = 300_000;

/** @throws Error when it ends before it listens */
export async function startEndpoint(task: EndpointTask): Promise<EndpointProcess> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<never>((_, reject) => {
    child.once('close', (code) => reject(new Error(`the endpoint ended with ${code}`)));
  });
  ended.catch(() => {});
  const listening = nextMessage(child);
  child.send(task);
  const url = String(await Promise.race([listening, ended]));
  const seen = nextMessage(child);
  return { url, seen: async () => parseSeen(await Promise.race([seen, ended, late()])), stop: () => void child.kill('SIGKILL') };
}

const nextMessage = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('message', resolve));

const late = (): Promise<never> => new Promise((_, reject) => {
  setTimeout(() => reject(new Error(`not every message was pushed within ${SEEN_MS / 1000} s`)), SEEN_MS).unref();
});

function parseSeen(message: unknown): PushesSeen {
  const { requests, mostAtOnce, firstAtMs, lastAtMs, tookMs } = Object(message) as Record<string, unknown>;
  if (typeof requests === 'number' && typeof mostAtOnce === 'number' && typeof firstAtMs === 'number'
    && typeof lastAtMs === 'number' && typeof tookMs === 'number') return { requests, mostAtOnce, firstAtMs, lastAtMs, tookMs };
  throw new Error(`not what an endpoint has seen: ${JSON.stringify(message)}`);
}
