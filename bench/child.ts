import { type ChildProcess, spawn } from 'node:child_process';

/** A program that runs beside the benchmark, with everything it starts itself. */
export interface Child {
  readonly pid: number;
  /** Resolves when a line of its output matches; rejects when it ends before, or takes too long. */
  until(line: RegExp, timeoutMs: number): Promise<void>;
  /** Asks it to end, and makes it end when it does not. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const STOP_MS = 20_000;
const OUTPUT_CHARACTERS_MAX = 8_000;

const running = new Set<ChildProcess>();

// A benchmark that ends by an error or by Ctrl-C leaves nothing behind.
process.once('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1));

export function startChild({ command, args, env = {} }: ChildOptions): Child {
  // A group of its own: launchers (npm, sh) do not pass every signal on.
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  running.add(child);
  let output = '';
  const read = (chunk: Buffer) => { output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX); };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, name) => resolve(`ended with ${name ?? code}`));
  });
  void ended.then(() => running.delete(child));

  return {
    pid: child.pid ?? 0,
    async until(line, timeoutMs) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const printed = new Promise<void>((resolve, reject) => {
        const look = () => { if (line.test(output)) resolve(); };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        timeout.addEventListener('abort', () => reject(new Error(`${command} was not ready within ${timeoutMs} ms:\n${output}`)));
        void ended.then((reason) => reject(new Error(`${command} ${reason}:\n${output}`)));
        look();
      });
      await printed;
    },
    async stop() {
      signal(child, 'SIGINT');
      const late = setTimeout(() => signal(child, 'SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
