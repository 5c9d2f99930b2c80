import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { type FolderObjectStore, folderObjectStore } from '../../../lib/storage/folder/object-store.ts';
import { countingIds } from '../../support/memory-deps.ts';

const DAY_MS = 86_400_000;
const writtenAtMs = 1_700_000_000_000;

let folder: string;
let objects: FolderObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rewindmq-folder-'));
  objects = folderObjectStore({ folder, newId: countingIds() });
});
afterEach(() => rm(folder, { recursive: true }));

/** As if it had been written then. */
const put = async (key: string): Promise<void> => {
  await objects.putObject(key, Uint8Array.of(1));
  await utimes(path.join(folder, key), writtenAtMs / 1000, writtenAtMs / 1000);
};

describe('object folder', () => {
  it.each(['../out', 'a/../../out', '/etc/passwd', 'a//b', '', '.', 'a/.hidden', 'a\\b', 'a\0b', 'C:/x'])('refuses the key %j, which might leave it', async (key) => {
    await expect(objects.putObject(key, Uint8Array.of(1))).rejects.toThrow('not a key of an object');
    await expect(objects.getObject(key)).rejects.toThrow('not a key of an object');
  });

  it('leaves nothing unfinished behind', async () => {
    await objects.putObject('segments/5d/a/b', Uint8Array.of(1));
    await objects.putObjectIfAbsent('segments/5d/a/b', Uint8Array.of(2));
    expect(await readdir(path.join(folder, '.unfinished'))).toEqual([]);
  });

  it('removes an object when its class says so, and not a moment before', async () => {
    await put('segments/2d/a/old');
    await put('archive/2d/queue=a/hour=2023-11-14T22/old.parquet');
    await put('segments/5d/a/kept');
    expect(await objects.removeExpired(writtenAtMs + 2 * DAY_MS)).toBe(0);
    expect(await objects.removeExpired(writtenAtMs + 2 * DAY_MS + 1)).toBe(2);
    expect(await objects.getObject('segments/2d/a/old')).toBeUndefined();
    expect(await objects.getObject('archive/2d/queue=a/hour=2023-11-14T22/old.parquet')).toBeUndefined();
    expect(await objects.getObject('segments/5d/a/kept')).toEqual(Uint8Array.of(1));
  });

  it('removes nothing outside the classes, and nothing when there is nothing', async () => {
    expect(await objects.removeExpired(writtenAtMs)).toBe(0);
    await put('archive/a/b');
    expect(await objects.removeExpired(writtenAtMs + 1000 * DAY_MS)).toBe(0);
  });

  it('removes after a day what a killed process left half-written', async () => {
    await put('segments/5d/a/b');
    const left = path.join(folder, '.unfinished', 'left');
    await writeFile(left, 'half');
    await utimes(left, writtenAtMs / 1000, writtenAtMs / 1000);
    expect(await objects.removeExpired(writtenAtMs + DAY_MS)).toBe(0);
    expect(await objects.removeExpired(writtenAtMs + DAY_MS + 1)).toBe(1);
  });

  it('says what failed when the disk does not take an object', async () => {
    await writeFile(path.join(folder, 'segments'), 'a file where a folder should be');
    const put = objects.putObject('segments/5d/a', Uint8Array.of(1));
    await expect(put).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(put).rejects.toThrow(/^the object folder failed while writing segments\/5d\/a: E[A-Z]+$/);
  });
});
