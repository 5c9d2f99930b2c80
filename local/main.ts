import { readFileSync } from 'node:fs';
import { StoreUnavailable } from '../lib/core/errors.ts';
import { readLogLevel, SettingsError } from '../lib/platform/settings.ts';
import { jsonLog, type Log } from '../lib/platform/log.ts';
import { helpText, parseCommandLine, type ServeOptions } from './command-line.ts';
import { watchLauncher } from './launcher.ts';
import { type LocalServer, startServer } from './server.ts';
import { StartError } from './start-error.ts';

const exitCodes = { failed: 1, wrongUse: 2, interrupted: 130 } as const;

// Whoever read our output has gone, with a terminal or a pipe: no reason to end in the middle of a request.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
await main();

async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2), process.env);
  switch (commandLine.kind) {
    case 'help': return void process.stdout.write(helpText);
    case 'version': return void process.stdout.write(`${version()}\n`);
    case 'wrong': return endWith(exitCodes.wrongUse, `${commandLine.text}\n\n${helpText}`);
    case 'serve': return serve(commandLine.options);
  }
}

async function serve(options: ServeOptions): Promise<void> {
  try {
    const log = jsonLog({ level: readLogLevel(process.env) });
    // Ctrl-C while it starts: what has been started goes with us, since the engine's guard sees our end.
    const server = await startServer(options, log);
    const stop = stopperOf(server, log);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    await watchLauncher(process.env, stop);
    announce(server, options);
    const reason = await server.lost;
    log.error('engineLost', { reason: reason.message });
    await server.stop();
    endWith(exitCodes.failed, reason.message);
  } catch (error) {
    if (!isForTheUser(error)) throw error;
    endWith(exitCodes.failed, error.message);
  }
}

/** Everything else is a fault of ours, and its stack is told. */
function isForTheUser(error: unknown): error is Error {
  return error instanceof StartError || error instanceof SettingsError || error instanceof StoreUnavailable;
}

function announce({ url, folder }: LocalServer, { administrator }: ServeOptions): void {
  const keeping = folder === undefined ? 'keeps nothing: all is gone when it ends' : `keeps its data in ${folder}`;
  const letsIn = administrator ? 'every request must be signed with an access key' : 'signatures are not checked: every program on this machine may use it';
  process.stdout.write(`RewindMQ ${version()} ${keeping}; ${letsIn}\n`);
  process.stdout.write(`RewindMQ listening on ${url}\n`);
}

/** Called once it stops in good order, called twice at once. */
function stopperOf(server: LocalServer, log: Log): () => void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(exitCodes.interrupted);
    isStopping = true;
    process.stdout.write('RewindMQ finishes the requests under way; once more ends it at once\n');
    try {
      await server.stop();
      process.exit(0);
    } catch (fault) {
      log.error('stopFailed', { fault });
      process.exit(exitCodes.failed);
    }
  };
  return () => void stop();
}

function version(): string {
  const description: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof description === 'object' && description !== null && 'version' in description ? String(description.version) : 'unknown';
}

function endWith(exitCode: number, text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(exitCode);
}
