import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process of its own that tells what it does, line by line. */
export interface Program {
  /** Resolves with the signal or the exit code it ended with. */
  readonly ended: Promise<string>;
  kill(): void;
  /** Ask it to end, and insist after ten seconds. */
  stop(): Promise<void>;
}

const project = fileURLToPath(new URL('../../', import.meta.url));
const tsx = import.meta.resolve('tsx');
const patienceMs = 10_000;

/** Start a TypeScript file of this project as a process of its own: no shell and no launcher between, so that a kill hits it. */
export function startProgram(file: string, args: readonly string[], onLine: (line: string) => void): Program {
  const child = spawn(process.execPath, ['--import', tsx, join(project, file), ...args], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);
  createInterface({ input: child.stdout }).on('line', onLine);
  // `close`, not `exit`: by then the last line was read.
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => {
    process.removeListener('exit', killWithParent);
    return String(signal ?? code);
  });
  return { ended, kill: () => void child.kill('SIGKILL'), stop: () => stopChild(child, ended) };
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(insist);
}

/** Start a program and wait for the line that says it is ready; `match` gives what to take from that line. */
export async function startUntil(
  { file, args, match }: { file: string; args: readonly string[]; match: (line: string) => string | undefined },
): Promise<{ readonly program: Program; readonly found: string }> {
  return new Promise((resolve, reject) => {
    const program = startProgram(file, args, (line) => {
      const found = match(line);
      if (found !== undefined) resolve({ program, found });
    });
    void program.ended.then((how) => reject(new Error(`${file} ended (${how}) before it was ready`)));
  });
}

/** A RewindMQ for this run alone: in memory, on a free port. */
export const startRewindmq = () => startUntil({
  file: 'local/main.ts',
  args: ['--memory', '--port', '0'],
  match: (line) => /RewindMQ listening on (\S+)/.exec(line)?.[1],
});
