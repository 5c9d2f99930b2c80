import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolders } from './support/folders.ts';
import { serverProcesses } from './support/server-process.ts';

const newFolder = temporaryFolders();
const { start } = serverProcesses();
const run = promisify(execFile);

/** The commands of the tour that follow the start of the server. */
async function tour(): Promise<string> {
  const page = await readFile('README.md', 'utf8');
  const [, commands] = /```sh\n(URL=[^]+?)```/.exec(page) ?? [];
  if (!commands) throw new Error('the README has no tour that begins with the URL');
  return commands;
}

/** It waits where it says so, in real time: three seconds until a rewind takes effect. */
it.skipIf(process.platform === 'win32')('does what the README promises, told what the README prints', async () => {
  const { url } = await start('--memory');
  const commands = (await tour()).replace('http://127.0.0.1:8400', url).replaceAll('curl ', 'curl --silent --show-error ');
  // Every answer on a line of its own.
  const script = commands.replaceAll(/^(curl .+)$/gm, '$1\necho');
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const { stdout } = await run('bash', ['-eu', '-c', script], { cwd: await newFolder(), env: { ...process.env, PATH: path } });
  const answers = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
  const orderOnce = { messages: [{ body: 'order 1', receiveCount: 1 }] };
  expect(answers).toMatchObject([
    { name: 'orders' },
    { failed: 0 },
    orderOnce,
    { results: [{}], failed: 0 },
    { counts: { delayed: 1, rewindable: 1 } },
    { rewindId: expect.any(String) as unknown },
    orderOnce,
  ]);
});
