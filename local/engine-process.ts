import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KEY_VARIABLE } from '../lib/platform/access-key-variable.ts';
import { StartError } from './start-error.ts';

export interface EngineCommand {
  readonly binary: string;
  readonly host: string;
  readonly port: number;
  /** Absent: it keeps everything in memory. */
  readonly databaseFile?: string | undefined;
}

/** One run of the engine, from when it listens until it ends. */
export interface EngineProcess {
  /** Resolves when it has ended, for whatever reason, with the last lines it said. */
  readonly ended: Promise<string>;
  /** Ask it to end, and wait until it has. */
  readonly stop: () => Promise<void>;
}

const READY_BOUND_MS = 15_000;
const TAIL_LINES = 10;

/**
 * Start the engine under its guard.
 * @param onPid told the engine's process id as soon as there is one
 * @throws StartError with the engine's last words, when it ends or says nothing within 15 s
 */
export async function startEngineProcess(command: EngineCommand, onPid: (pid: number) => Promise<void>): Promise<EngineProcess> {
  const guard = spawnGuard(command);
  const tail: string[] = [];
  const exited = new Promise<number | null>((resolve) => guard.once('exit', resolve));
  // Nobody has its stderr open any more: the engine is gone too.
  const closed = new Promise<void>((resolve) => guard.once('close', () => resolve()));
  const pid = firstLine(guard.stdout).then(async (line) => {
    await onPid(Number(line));
    return Number(line);
  });
  const listening = new Promise<void>((resolve) => {
    createInterface(guard.stderr).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      if (line.includes(`listening on http://${command.host}:${command.port}`)) resolve();
    });
  });
  const ended = exited.then(async (exitCode) => {
    // The guard was killed, alone: the engine must not go on without it. Otherwise it is gone, and its number free for others.
    if (exitCode === null) endProcess(await pid.catch(() => undefined));
    await closed;
    return tail.join('\n');
  });
  const stop = async () => {
    guard.stdin.end();
    await ended;
  };
  try {
    await withinBound(Promise.race([Promise.all([listening, pid]), ended.then(failed)]));
  } catch (error) {
    await stop();
    throw new StartError(`the storage engine did not start: ${tail.join('\n') || String(error)}`, { cause: error });
  }
  return { ended, stop };
}

function spawnGuard({ binary, host, port, databaseFile }: EngineCommand): ChildProcessByStdio<Writable, Readable, Readable> {
  const guard = fileURLToPath(new URL('engine-guard.mjs', import.meta.url));
  const store = databaseFile === undefined ? [] : ['--db-path', databaseFile];
  const child = spawn(process.execPath, [guard, binary, 'serve', '--host', host, '--port', String(port), ...store], {
    stdio: ['pipe', 'pipe', 'pipe'], detached: true, windowsHide: true,
    // Neither the guard nor the engine has a use for the key.
    env: { ...process.env, [KEY_VARIABLE]: undefined },
  });
  // Its end is noticed by its exit; a pipe that breaks then is no news.
  child.stdin.on('error', () => {});
  return child;
}

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface(stream)) return line;
  throw new Error('it ended before it began');
}

const failed = (): never => {
  throw new Error('it ended');
};

async function withinBound(started: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it said nothing for ${READY_BOUND_MS / 1000} s`)), READY_BOUND_MS);
  });
  await Promise.race([started, bound]).finally(() => clearTimeout(timer));
}

function endProcess(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already, as it should be.
  }
}
