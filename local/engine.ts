import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../lib/platform/log.ts';
import { freeAddress } from './engine-address.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { StartError } from './start-error.ts';

export interface EngineOptions {
  readonly binary: string;
  /** Absent: it keeps everything in memory. */
  readonly databaseFile?: string | undefined;
  /** Told the process id of every run of the engine. */
  readonly onPid: (pid: number) => Promise<void>;
  readonly log: Log;
  /** Before each new start; with none left it is given up. Whoever died as often within ten minutes will die again. */
  readonly restartPausesMs?: readonly number[];
}

/** The database of this machine. It is started again when it dies. */
export interface Engine {
  readonly endpoint: string;
  /** Resolves only when it died and will not come back. */
  readonly lost: Promise<StartError>;
  readonly stop: () => Promise<void>;
}

const RESTART_PAUSES_MS: readonly number[] = [0, 200, 1000, 3000, 10_000];
const RESTARTS_WITHIN_MS = 600_000;

/**
 * Start the engine on a free port of loopback, and again whenever it dies: meanwhile requests meet a
 * closed port, which their adapter words as "try again". An engine without a file is not started
 * again: it would come back empty, and acknowledged messages would be gone without a word.
 * @throws StartError
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { binary, databaseFile, onPid } = options;
  const address = await freeAddress();
  const command = { binary, databaseFile, ...address };
  const stopping = new AbortController();
  const start = () => startEngineProcess(command, onPid);
  let current = await start();
  const lost = keepAlive(options, current, stopping.signal, async () => (current = await start()));
  return {
    endpoint: `http://${address.host}:${address.port}`,
    lost,
    stop: async () => {
      stopping.abort();
      await current.stop();
    },
  };
}

/** Resolves when the engine is given up; never when it was stopped. */
async function keepAlive(
  { databaseFile, log, restartPausesMs = RESTART_PAUSES_MS }: EngineOptions, first: EngineProcess, stopping: AbortSignal, restart: () => Promise<EngineProcess>,
): Promise<StartError> {
  let running: EngineProcess | undefined = first;
  let lastWords = '';
  const diedAtMs: number[] = [];
  for (;;) {
    if (running) lastWords = await running.ended;
    if (stopping.aborted) return new Promise(() => {});
    if (databaseFile === undefined) return new StartError(`the storage engine died, and with it all that --memory kept: ${lastWords}`);
    diedAtMs.push(Date.now());
    const deaths = diedAtMs.filter((atMs) => atMs > Date.now() - RESTARTS_WITHIN_MS).length;
    const pauseMs = restartPausesMs[deaths - 1];
    if (pauseMs === undefined) return new StartError(`the storage engine died ${deaths} times within ten minutes: ${lastWords}`);
    log.error('engineDied', { lastWords, restart: deaths, restartsMax: restartPausesMs.length, restartInMs: pauseMs });
    await pause(pauseMs, undefined, { ref: false });
    if (stopping.aborted) return new Promise(() => {});
    running = await restart().catch((error: unknown) => {
      if (!(error instanceof StartError)) throw error;
      lastWords = error.message;
      return undefined;
    });
    if (running) log.info('engineRestarted');
    if (running && stopping.aborted) await running.stop();
  }
}
