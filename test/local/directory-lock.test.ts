import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockDirectory } from '../../local/directory-lock.ts';
import { identify, isStillRunning } from '../../local/process-identity.ts';
import { temporaryFolders } from './support/folders.ts';

const newFolder = temporaryFolders();

/** A process that has ended, as a lock file would name it. */
async function endedProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const identity = await identify(child.pid!);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity!;
}

describe('lockDirectory', () => {
  it('makes and locks a folder that was not there', async () => {
    const folder = join(await newFolder(), 'a', 'b');
    expect(await lockDirectory(folder)).toEqual({ kind: 'locked' });
    expect(await readdir(folder)).toEqual(['lock.1']);
  });

  it('refuses a folder whose holder lives, and names it', async () => {
    const folder = await newFolder();
    await lockDirectory(folder);
    expect(await lockDirectory(folder)).toMatchObject({ kind: 'taken', holder: { pid: process.pid } });
  });

  it('takes over from a holder that is dead, and leaves one lock', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock.7'), JSON.stringify(await endedProcess()));
    expect(await lockDirectory(folder)).toEqual({ kind: 'locked' });
    expect(await readdir(folder)).toEqual(['lock.8']);
  });

  it('takes over when another process has got the number of the dead holder', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock.1'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    expect(await lockDirectory(folder)).toEqual({ kind: 'locked' });
  });

  it('takes over from a lock that names nobody', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock.1'), '{');
    expect(await lockDirectory(folder)).toEqual({ kind: 'locked' });
  });

  it.each([0, 1])('lets one of many in that come at once, over %i dead locks', async (dead) => {
    const folder = await newFolder();
    if (dead > 0) await writeFile(join(folder, 'lock.3'), JSON.stringify(await endedProcess()));
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => lockDirectory(folder)));
    expect(outcomes.filter(({ kind }) => kind === 'locked')).toHaveLength(1);
  });
});

describe('identity of processes', () => {
  it('tells a living process from a dead one', async () => {
    expect(await isStillRunning((await identify(process.pid))!)).toBe(true);
    expect(await isStillRunning(await endedProcess())).toBe(false);
  });
});
