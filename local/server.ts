import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Deps } from '../lib/core/deps.ts';
import { handle, type WireReply } from '../lib/protocol/handle.ts';
import { refuse } from '../lib/protocol/refuse.ts';
import type { Log } from '../lib/platform/log.ts';
import { system } from '../lib/platform/system.ts';
import { withArchiver } from './archiving.ts';
import type { ServeOptions } from './command-line.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { engineBinary } from './engine-binary.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Gateway, startGateway } from './http-gateway.ts';
import { openStore, type LocalStore } from './store.ts';
import { StartError } from './start-error.ts';

/** RewindMQ on one machine, listening. */
export interface LocalServer {
  readonly url: string;
  /** The folder that keeps the data; undefined when nothing is kept. */
  readonly folder: string | undefined;
  /** Resolves only when it cannot go on. */
  readonly lost: Promise<StartError>;
  /** Finish the requests under way, then everything else; resolves when nothing of it is left. */
  readonly stop: () => Promise<void>;
}

/** How long requests under way may take once the server was told to stop. */
const STOP_BOUND_MS = 10_000;

/**
 * Start the engine, then the work in the background, then the listener: whoever reaches the port is
 * served. What was started is ended again when a later part cannot start.
 * @throws StartError
 */
export async function startServer({ host, port, store: place, administrator }: ServeOptions, log: Log): Promise<LocalServer> {
  const directory = place.kind === 'folder' ? await openDataDirectory(place.folder) : undefined;
  const engine = await startEngineIn(directory, log);
  try {
    const store = await openStore({
      endpoint: engine.endpoint, objectFolder: directory?.objectFolder, keyFile: directory?.keyFile, log, ...(administrator ? { authentication: { administrator } } : {}),
    });
    try {
      const gateway = await listen({ host, port }, store, directory?.objectFolder);
      return { url: gateway.url, folder: directory?.folder, lost: engine.lost, stop: () => stopAll(gateway, store, engine) };
    } catch (error) {
      await store.stop();
      throw error;
    }
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function startEngineIn(directory: DataDirectory | undefined, log: Log): Promise<Engine> {
  // The guard ends the engine in any case: without this record (the disk may be full) it still can start.
  const onPid = async (pid: number) => directory?.rememberEngine(pid).catch((fault: unknown) => log.warn('engineNotRecorded', { fault }));
  return startEngine({ binary: engineBinary(), databaseFile: directory?.databaseFile, onPid, log });
}

async function listen(
  { host, port }: { readonly host: string; readonly port: number }, { deps }: LocalStore, objectFolder: string | undefined,
): Promise<Gateway> {
  const archiveFolder = objectFolder === undefined ? undefined : join(objectFolder, 'archive');
  try {
    return await startGateway({
      host, port, mustBeSigned: deps.authentication !== undefined, answer: withArchiver(deps, archiveFolder, (request) => handle(deps, request)), refuse: (error, path) => refusal(deps, error, path),
    });
  } catch (error) {
    throw new StartError(cannotListen(host, port, error), { cause: error });
  }
}

function refusal(deps: Deps, error: unknown, path = ''): WireReply {
  const reply = refuse(system.newId(), error, path);
  if (reply.status >= 500) deps.report(error);
  return reply;
}

function cannotListen(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} of ${host} is taken by another program: choose another one with --port N, or --port 0 for any free one`;
  if (code === 'EACCES') return `port ${port} of ${host} may not be used by this user: choose one above 1023 with --port N`;
  return `cannot listen on ${host}, port ${port}: ${error instanceof Error ? error.message : String(error)}`;
}

/** In this order: requests need the store, and the store the engine. */
async function stopAll(gateway: Gateway, store: LocalStore, engine: Engine): Promise<void> {
  await gateway.stop(STOP_BOUND_MS);
  await Promise.race([store.stop(), pause(STOP_BOUND_MS, undefined, { ref: false })]);
  await engine.stop();
}
