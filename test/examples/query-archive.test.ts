import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const patienceMs = 120_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rewindmq-example-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The example as its reader starts it. */
function runExample(...flags: readonly string[]): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  const env = { ...process.env, TMPDIR: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'examples/query-archive/run.ts', ...flags], { env }, (error, output, errors) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output, errors });
    });
  });
}

describe('the query example', () => {
  it('finds by SQL what was wrong, hands out that again and nothing else, and leaves nothing behind', { timeout: patienceMs }, async () => {
    const { code, output, errors } = await runExample('--orders', '3000');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(output).toContain('put 3000 messages into');
    expect(output).toMatch(/JPY: 750 orders/);
    expect(output).toMatch(/\n3000 orders, \d{2,3} selected by SQL, \d{2,3} came again, all checked and right\.\n/);
    expect((await readdir(folder)).filter((name) => name.startsWith('rewindmq-query-'))).toEqual([]);
  });

  it('names the limit of a flag', async () => {
    expect(await runExample('--orders', 'many')).toMatchObject({ code: 2, errors: '--orders must be a whole number from 1 to 30000, got many\n' });
  });
});
