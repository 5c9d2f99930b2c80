import { open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isLockFile, lockDirectory, parseIdentity } from './directory-lock.ts';
import { identify, isStillRunning } from './process-identity.ts';
import { StartError } from './start-error.ts';

/**
 * The folder of one server:
 *
 *   format.json   {formatVersion, createdAt}
 *   table.db      the engine's database, with its journal beside it
 *   objects/      large segments, and the archive
 *   access.key    what encrypts the secrets of access keys, for its owner alone
 *   lock.<n>      who serves it, see directory-lock.ts
 *   engine.json   the engine of the last server, so that one left behind can be ended
 *
 * Whoever changes what is stored so that an older version would misread it raises FORMAT_VERSION.
 */
export interface DataDirectory {
  readonly folder: string;
  readonly databaseFile: string;
  readonly objectFolder: string;
  readonly keyFile: string;
  readonly rememberEngine: (pid: number) => Promise<void>;
}

export const FORMAT_VERSION = 1;

/** A server that was told to end a moment ago, or was killed with its launcher, gets so long to let go. */
const LOCK_WAIT_MS = 3000;
const ENGINE_END_WAIT_MS = 5000;
const LOOK_AGAIN_MS = 50;

/**
 * Take the folder for this process, end an engine that an earlier one left behind, and see that its
 * format is ours; a new folder is made.
 * @throws StartError when another server has it, when it holds something else, or a newer format
 */
export async function openDataDirectory(path: string, { lockWaitMs = LOCK_WAIT_MS } = {}): Promise<DataDirectory> {
  const folder = resolve(path);
  try {
    await takeFolder(folder, lockWaitMs);
    await checkFormat(folder);
    await endEngineLeftBehind(folder);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`the data folder ${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return {
    folder,
    databaseFile: join(folder, 'table.db'),
    objectFolder: join(folder, 'objects'),
    keyFile: join(folder, 'access.key'),
    rememberEngine: async (pid) => writeFile(join(folder, ENGINE_FILE), JSON.stringify(await identify(pid) ?? { pid })),
  };
}

const ENGINE_FILE = 'engine.json';
const FORMAT_FILE = 'format.json';

async function takeFolder(folder: string, waitMs: number): Promise<void> {
  const untilMs = Date.now() + waitMs;
  for (;;) {
    const locking = await lockDirectory(folder);
    if (locking.kind === 'locked') return;
    if (Date.now() >= untilMs) {
      throw new StartError(`another RewindMQ (process ${locking.holder.pid}) serves ${folder}: end it first, or give this one a folder of its own with --data DIR`);
    }
    await pause(LOOK_AGAIN_MS);
  }
}

async function checkFormat(folder: string): Promise<void> {
  const text = await readFile(join(folder, FORMAT_FILE), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return createFormat(folder);
  const version = formatVersionOf(text);
  if (version === undefined) throw new StartError(`${join(folder, FORMAT_FILE)} does not say which format the data has, got ${text.slice(0, 80)}`);
  if (version > FORMAT_VERSION) {
    throw new StartError(`${folder} was written by a newer RewindMQ: its format is ${version}, this version reads up to ${FORMAT_VERSION}. Start the newer one, or another folder with --data DIR`);
  }
}

/** Only in a folder with nothing of anybody else's in it: somebody may have meant another one. */
async function createFormat(folder: string): Promise<void> {
  const others = (await readdir(folder)).filter((name) => !isLockFile(name) && name !== `${FORMAT_FILE}.new`);
  if (others.length > 0) throw new StartError(`${folder} is neither empty nor a store of RewindMQ (it has ${others.slice(0, 3).join(', ')}): name another folder with --data DIR`);
  const file = await open(join(folder, `${FORMAT_FILE}.new`), 'w');
  try {
    await file.writeFile(`${JSON.stringify({ formatVersion: FORMAT_VERSION, createdAt: new Date().toISOString() })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(join(folder, `${FORMAT_FILE}.new`), join(folder, FORMAT_FILE));
}

function formatVersionOf(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const version = typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : undefined;
    return Number.isInteger(version) ? Number(version) : undefined;
  } catch {
    return undefined;
  }
}

/** Its guard ends an engine whose server died; this is for the case that the guard was killed too. */
async function endEngineLeftBehind(folder: string): Promise<void> {
  const engine = parseIdentity(await readFile(join(folder, ENGINE_FILE), 'utf8').catch(() => ''));
  // Without its start time it may be a stranger that got the same number.
  if (engine?.started === undefined) return;
  const untilMs = Date.now() + ENGINE_END_WAIT_MS;
  while (await isStillRunning(engine)) {
    if (Date.now() > untilMs) throw new StartError(`the storage engine of an earlier server (process ${engine.pid}) does not end: end it by hand`);
    kill(engine.pid);
    await pause(LOOK_AGAIN_MS);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
