import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadResult, LoadTask } from './broker.ts';

/** A load generator in a process of its own, connected and waiting. */
export interface LoadProcess {
  go(): Promise<LoadResult>;
}

const program = fileURLToPath(new URL('load.ts', import.meta.url));

/** @throws Error when it ends before it is ready, with what it printed to stderr */
export async function startLoad(task: LoadTask): Promise<LoadProcess> {
  const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => { errors = (errors + chunk.toString('utf8')).slice(-4_000); });
  const ended = new Promise<never>((_, reject) => {
    child.once('close', (code) => reject(new Error(`the load generator (${task.target.system}, ${task.role}) ended with ${code}:\n${errors}`)));
  });
  // Whoever waits for a message hears of it; at any other moment the end is expected.
  ended.catch(() => {});
  const ready = nextMessage(child);
  child.send(task);
  await Promise.race([ready, ended]);
  return {
    async go() {
      const result = nextMessage(child);
      child.send('go');
      return parseResult(await Promise.race([result, ended]));
    },
  };
}

const nextMessage = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('message', resolve));

function parseResult(message: unknown): LoadResult {
  const { messages, elapsedMs, messagesInAll } = Object(message) as Record<string, unknown>;
  if (typeof messages === 'number' && typeof elapsedMs === 'number' && typeof messagesInAll === 'number') {
    return { messages, elapsedMs, messagesInAll };
  }
  throw new Error(`not a result of a load generator: ${JSON.stringify(message)}`);
}
