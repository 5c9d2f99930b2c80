import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { serverProcesses } from '../../local/support/server-process.ts';

const { start } = serverProcesses();

it('the program of docs/cmq.md prints what the page says', async () => {
  const [, program = '', printed = ''] = /```js\n([^]+?)```\n\nIt prints\n\n```\n([^]+?)```/.exec(readFileSync('docs/cmq.md', 'utf8')) ?? [];
  const { port } = new URL((await start('--memory')).url);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program.replace('8400', port)]);
  expect(stdout).toBe(printed);
});
