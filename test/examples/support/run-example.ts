import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export interface ExampleRun {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** An example as its reader starts it, in a folder for temporary files that goes away after the tests. */
export function startingExample(name: string) {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rewindmq-example-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return {
    run: (...flags: readonly string[]): Promise<ExampleRun> => new Promise((resolve) => {
      execFile(process.execPath, ['--import', 'tsx', `examples/${name}/run.ts`, ...flags], { env: { ...process.env, TMPDIR: folder } }, (error, output, errors) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, output, errors });
      });
    }),
    /** What it has left behind. */
    leftovers: async (): Promise<readonly string[]> => (await readdir(folder)).filter((entry) => entry.startsWith('rewindmq-')),
  };
}
