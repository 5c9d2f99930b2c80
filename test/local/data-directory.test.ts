import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMAT_VERSION, openDataDirectory } from '../../local/data-directory.ts';
import { temporaryFolders } from './support/folders.ts';

const newFolder = temporaryFolders();

const formatOf = async (folder: string) => JSON.parse(await readFile(join(folder, 'format.json'), 'utf8'));

describe('openDataDirectory', () => {
  it('writes the format into a new folder', async () => {
    const folder = join(await newFolder(), 'new');
    await openDataDirectory(folder);
    expect(await formatOf(folder)).toEqual({ formatVersion: FORMAT_VERSION, createdAt: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  it.skipIf(process.platform === 'win32')('makes a folder that is for its owner alone', async () => {
    const folder = join(await newFolder(), 'new');
    await openDataDirectory(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('keeps the format of a folder that has one', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'format.json'), '{"formatVersion":1,"createdAt":"2020-01-01T00:00:00.000Z"}');
    await openDataDirectory(folder);
    expect(await formatOf(folder)).toMatchObject({ createdAt: '2020-01-01T00:00:00.000Z' });
  });

  it('refuses a newer format, naming both', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'format.json'), `{"formatVersion":${FORMAT_VERSION + 1}}`);
    await expect(openDataDirectory(folder)).rejects.toThrow(new RegExp(`format is ${FORMAT_VERSION + 1}, this version reads up to ${FORMAT_VERSION}`));
  });

  it.each(['', '{', '{"formatVersion":"1"}', 'null'])('refuses a format it cannot read: %s', async (text) => {
    const folder = await newFolder();
    await writeFile(join(folder, 'format.json'), text);
    await expect(openDataDirectory(folder)).rejects.toThrow(/which format/);
  });

  it('refuses a folder with something else in it', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'letter.txt'), 'dear');
    await expect(openDataDirectory(folder)).rejects.toThrow(/neither empty nor a store .*letter\.txt/);
  });

  it('refuses a path that is a file', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    await expect(openDataDirectory(file)).rejects.toThrow(/cannot be used: /);
  });

  it('refuses a folder that another server has', async () => {
    const folder = await newFolder();
    await openDataDirectory(folder);
    await expect(openDataDirectory(folder, { lockWaitMs: 0 })).rejects.toThrow(new RegExp(`another RewindMQ \\(process ${process.pid}\\) serves ${folder}`));
  });

  it('ends the engine that an earlier server left behind', async () => {
    const folder = await newFolder();
    const engine = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(engine, 'spawn');
    const exited = once(engine, 'exit');
    const earlier = await openDataDirectory(folder);
    await earlier.rememberEngine(engine.pid!);
    await writeFile(join(folder, 'lock.2'), '{}');
    await openDataDirectory(folder);
    expect(await exited).toEqual([null, 'SIGKILL']);
  });

  it('leaves a stranger alone that has got the number of the engine', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'format.json'), `{"formatVersion":${FORMAT_VERSION}}`);
    await writeFile(join(folder, 'engine.json'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    await openDataDirectory(folder);
  });
});
