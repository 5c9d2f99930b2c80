import type { Dirent } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { StoreUnavailable } from '../../core/errors.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';

export interface FolderObjectStore extends ObjectStore {
  /**
   * Remove what is older than its class allows, as a bucket's lifecycle rules do, and what a killed
   * process left half-written. Answers how many files went.
   */
  removeExpired(nowMs: number): Promise<number>;
}

/** Written here first, so that no name ever has half an object. In the same tree: a rename cannot leave its disk. */
const UNFINISHED = '.unfinished';
const DAY_MS = 86_400_000;
/** Below these the next part of a key names its retention class. */
const CLASSED_PREFIXES = ['segments', 'archive'] as const;

/** Objects as files, on the disk before a put is answered. `newId` names unfinished files. */
export function folderObjectStore({ folder, newId }: { readonly folder: string; readonly newId: () => string }): FolderObjectStore {
  const fileOf = (key: string): string => path.join(folder, ...checkedParts(key));
  const written = async (key: string, bytes: Uint8Array): Promise<{ unfinished: string; file: string }> => {
    const file = fileOf(key);
    const unfinished = path.join(folder, UNFINISHED, newId());
    await mkdir(path.dirname(unfinished), { recursive: true });
    await mkdir(path.dirname(file), { recursive: true });
    await writeToDisk(unfinished, bytes);
    return { unfinished, file };
  };
  return {
    putObject: (key, bytes) => onDisk(`writing ${key}`, async () => {
      const { unfinished, file } = await written(key, bytes);
      await rename(unfinished, file);
      await syncFolder(path.dirname(file));
    }),
    putObjectIfAbsent: (key, bytes) => onDisk(`writing ${key}`, async () => {
      const { unfinished, file } = await written(key, bytes);
      const landed = await unless('EEXIST', () => link(unfinished, file));
      await rm(unfinished);
      await syncFolder(path.dirname(file));
      return landed ? 'landed' : 'refused';
    }),
    async getObject(key) {
      return onDisk(`reading ${key}`, async () => {
        let bytes: Uint8Array | undefined;
        await unless('ENOENT', async () => { bytes = new Uint8Array(await readFile(fileOf(key))); });
        return bytes;
      });
    },
    async getObjectRange(key, from, end) {
      return onDisk(`reading ${key}`, async () => {
        let bytes: Uint8Array | undefined;
        await unless('ENOENT', async () => { bytes = await readRange(fileOf(key), from, end); });
        return bytes;
      });
    },
    async objectBytes(key) {
      return onDisk(`looking for ${key}`, async () => {
        let bytes: number | undefined;
        await unless('ENOENT', async () => { bytes = (await stat(fileOf(key))).size; });
        return bytes;
      });
    },
    deleteObject: (key) => onDisk(`removing ${key}`, () => rm(fileOf(key), { force: true })),
    removeExpired: (nowMs) => onDisk('removing expired objects', () => removeExpired(folder, nowMs)),
  };
}

/** Keys are ours, but a file name is a way out of the folder: only plain parts are let through. */
function checkedParts(key: string): readonly string[] {
  const parts = key.split('/');
  if (parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._=-]*$/.test(part))) return parts;
  throw new Error(`not a key of an object: ${key}`);
}

async function readRange(file: string, from: number, end: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const bytes = new Uint8Array(Math.max(0, end - from));
    let read = 0;
    while (read < bytes.byteLength) {
      const { bytesRead } = await handle.read(bytes, read, bytes.byteLength - read, from + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return bytes.subarray(0, read);
  } finally {
    await handle.close();
  }
}

async function writeToDisk(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    // Most likely the disk is full: half an object must not keep it so.
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** A new name is durable when its folder is. Windows cannot open folders, and orders this by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeExpired(folder: string, nowMs: number): Promise<number> {
  let removed = await removeOlder(path.join(folder, UNFINISHED), nowMs - DAY_MS);
  for (const prefix of CLASSED_PREFIXES) {
    for (const { name } of await entries(path.join(folder, prefix))) {
      const days = /^(\d+)d$/.exec(name)?.[1];
      if (days) removed += await removeOlder(path.join(folder, prefix, name), nowMs - Number(days) * DAY_MS);
    }
  }
  return removed;
}

/** Folders stay: taking one away could race with a writer that has just made sure of it. */
async function removeOlder(folder: string, beforeMs: number): Promise<number> {
  let removed = 0;
  for (const entry of await entries(folder)) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) removed += await removeOlder(inside, beforeMs);
    else if (await removeIfOlder(inside, beforeMs)) removed += 1;
  }
  return removed;
}

async function removeIfOlder(file: string, beforeMs: number): Promise<boolean> {
  let isOlder = false;
  await unless('ENOENT', async () => { isOlder = (await stat(file)).mtimeMs < beforeMs; });
  if (isOlder) await rm(file, { force: true });
  return isOlder;
}

/** What is in a folder; nothing when there is no such folder. */
async function entries(folder: string): Promise<readonly Dirent[]> {
  let found: readonly Dirent[] = [];
  await unless('ENOENT', async () => { found = await readdir(folder, { withFileTypes: true }); });
  return found;
}

/** Whether the task was done; false when it failed with that code. */
async function unless(code: string, task: () => Promise<unknown>): Promise<boolean> {
  try {
    await task();
    return true;
  } catch (error) {
    if (errorCode(error) !== code) throw error;
    return false;
  }
}

/** A full or broken disk is a store that does not answer; anything else is our bug. */
async function onDisk<T>(doing: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new StoreUnavailable(`the object folder failed while ${doing}: ${code}`, { outcome: 'unknown', cause: error });
  }
}

const errorCode = (error: unknown): string | undefined =>
  (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined);
