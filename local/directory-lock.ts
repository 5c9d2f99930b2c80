import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isStillRunning, type ProcessIdentity } from './process-identity.ts';

/**
 * One server per folder. Node offers no lock that the kernel lets go of when its holder is killed, so
 * a lock is a file `lock.<n>` that names its holder, and the highest n counts:
 *
 *   highest holder alive   -> the folder is taken
 *   highest holder dead    -> make lock.<n+1>, which only one process can do, then look once more
 *
 * The highest file is never removed, not even by a server that stops, or a slow starter that still
 * believes in an old n could make a number that was taken and given up since.
 */
export type Locking = { readonly kind: 'locked' } | { readonly kind: 'taken'; readonly holder: ProcessIdentity };

const TRIES = 5;

export async function lockDirectory(folder: string): Promise<Locking> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own = (await identify(process.pid)) ?? { pid: process.pid };
  for (let tries = 1; ; tries += 1) {
    const highest = await highestLock(folder);
    const holder = highest === 0 ? undefined : await readHolder(folder, highest);
    if (holder && (tries > TRIES || await isStillRunning(holder))) return { kind: 'taken', holder };
    if (!await makeLock(folder, highest + 1, own)) continue;
    if (await highestLock(folder) !== highest + 1) continue;
    await removeLocksBelow(folder, highest + 1);
    return { kind: 'locked' };
  }
}

export const isLockFile = (name: string): boolean => LOCK_NAME.test(name);

const LOCK_NAME = /^lock\.\d+(?:\.new\..+)?$/;

async function lockNumbers(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => (/^lock\.\d+$/.test(name) ? [Number(name.slice('lock.'.length))] : []));
}

const highestLock = async (folder: string): Promise<number> => Math.max(0, ...await lockNumbers(folder));

/** Whole from the start, since it is written under another name first. @returns false when somebody else has made it */
async function makeLock(folder: string, number: number, own: ProcessIdentity): Promise<boolean> {
  const path = join(folder, `lock.${number}`);
  const draft = `${path}.new.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** undefined when it is gone, or says nothing that names a process: nobody can be alive behind it. */
async function readHolder(folder: string, number: number): Promise<ProcessIdentity | undefined> {
  const text = await readFile(join(folder, `lock.${number}`), 'utf8').catch(() => '');
  return parseIdentity(text);
}

/** As {@link lockDirectory} and the record of the engine write it. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return undefined;
  return 'started' in value && typeof value.started === 'string' ? { pid: value.pid, started: value.started } : { pid: value.pid };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function removeLocksBelow(folder: string, number: number): Promise<void> {
  const below = (await lockNumbers(folder)).filter((other) => other < number);
  await Promise.all(below.map((other) => rm(join(folder, `lock.${other}`), { force: true })));
}
