import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';

/** `npm start` without npm: a server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has said so far, on both outputs. */
  readonly output: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface Launched extends Omit<ServerProcess, 'url'> {
  /** undefined when it ended before it listened. */
  readonly url: Promise<string | undefined>;
}

/** Starts servers that are gone after the test. */
export function serverProcesses() {
  const launched: Launched[] = [];
  afterEach(async () => {
    await Promise.all(launched.splice(0).map(async ({ process, ended }) => {
      process.kill('SIGKILL');
      await ended;
    }));
  });
  const launch = (command: readonly string[]): Launched => {
    const server = launchServer(command);
    launched.push(server);
    return server;
  };
  const started = async (server: Launched): Promise<ServerProcess> => {
    const url = await server.url;
    if (url === undefined) throw new Error(`the server did not start: ${server.output()}`);
    return { ...server, url };
  };
  return {
    launch: (...flags: readonly string[]) => launch([...serverCommand, ...flags]),
    start: async (...flags: readonly string[]) => started(launch([...serverCommand, '--port', '0', ...flags])),
    /** Under a command that runs the command behind it. */
    startIn: async (surroundings: readonly string[], ...flags: readonly string[]) =>
      started(launch([...surroundings, ...serverCommand, '--port', '0', ...flags])),
    startByNpm: async (...flags: readonly string[]) => started(launch(['npm', 'start', '--silent', '--', '--port', '0', ...flags])),
  };
}

const serverCommand = [process.execPath, '--import', 'tsx', 'local/main.ts'];

function launchServer([program = '', ...args]: readonly string[]): Launched {
  // npm has a process group of its own, as in a terminal, so that a signal can reach all that it started.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: program === 'npm' });
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => void lines.push(line));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  const listening = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const url = /^RewindMQ listening on (http:\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
  return { process: child, output: () => lines.join('\n'), ended, url: Promise.race([listening, ended.then(() => undefined)]) };
}
