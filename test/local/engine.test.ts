import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Log } from '../../lib/platform/log.ts';
import { engineBinary } from '../../local/engine-binary.ts';
import { startEngineProcess } from '../../local/engine-process.ts';
import { type Engine, startEngine } from '../../local/engine.ts';
import { identify, isStillRunning, parentOf } from '../../local/process-identity.ts';
import { temporaryFolders } from './support/folders.ts';
import { until } from './support/until.ts';

const newFolder = temporaryFolders();
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const engines: Engine[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
});

async function engineWithPids(databaseFile: string | undefined, log = silent) {
  const pids: number[] = [];
  const engine = await startEngine({ binary: engineBinary(), databaseFile, onPid: async (pid) => void pids.push(pid), log });
  engines.push(engine);
  return { engine, pids };
}

const answers = async ({ endpoint }: Engine): Promise<boolean> => fetch(endpoint).then(() => true, () => false);

describe('engine', () => {
  it('listens on loopback, and is gone once stopped', async () => {
    const { engine, pids } = await engineWithPids(join(await newFolder(), 'table.db'));
    expect(await answers(engine)).toBe(true);
    const process = (await identify(pids[0]!))!;
    await engine.stop();
    expect(await isStillRunning(process)).toBe(false);
    expect(await answers(engine)).toBe(false);
  });

  it('is started again on the same port when it dies', async () => {
    const events: string[] = [];
    const log = { ...silent, error: (event: string) => void events.push(event), info: (event: string) => void events.push(event) };
    const { engine, pids } = await engineWithPids(join(await newFolder(), 'table.db'), log);
    process.kill(pids[0]!, 'SIGKILL');
    await until(() => events.includes('engineRestarted'));
    expect(await answers(engine)).toBe(true);
    expect(events).toEqual(['engineDied', 'engineRestarted']);
  });

  it.runIf(process.platform === 'linux')('does not outlive its guard', async () => {
    const { engine, pids } = await engineWithPids(join(await newFolder(), 'table.db'));
    const first = (await identify(pids[0]!))!;
    process.kill((await parentOf(pids[0]!))!, 'SIGKILL');
    await until(() => pids.length === 2 && answers(engine));
    expect(await isStillRunning(first)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('is not told the access key, and nor is its guard', async () => {
    vi.stubEnv('REWINDMQ_ACCESS_KEY', 'AKIDops:a-long-secret');
    vi.stubEnv('REWINDMQ_SEEN', 'by all');
    const { pids: [pid = 0] } = await engineWithPids(undefined);
    for (const each of [pid, await parentOf(pid)]) {
      const environment = await readFile(`/proc/${each}/environ`, 'utf8');
      expect(environment).toContain('REWINDMQ_SEEN');
      expect(environment).not.toContain('REWINDMQ_ACCESS_KEY');
    }
  });

  it('is given up when it dies again and again', async () => {
    const pids: number[] = [];
    const engine = await startEngine({
      binary: engineBinary(), databaseFile: join(await newFolder(), 'table.db'), log: silent, restartPausesMs: [0, 0],
      onPid: async (pid) => {
        pids.push(pid);
        if (pids.length > 1) process.kill(pid, 'SIGKILL');
      },
    });
    engines.push(engine);
    process.kill(pids[0]!, 'SIGKILL');
    expect((await engine.lost).message).toMatch(/died 3 times/);
    expect(pids).toHaveLength(3);
  });

  it('is not started again without a file: what it kept is lost', async () => {
    const { engine, pids } = await engineWithPids(undefined);
    process.kill(pids[0]!, 'SIGKILL');
    expect((await engine.lost).message).toMatch(/died, and with it all that --memory kept/);
    expect(pids).toHaveLength(1);
  });

  it('ends when the process dies that started it', async () => {
    const guard = fileURLToPath(new URL('../../local/engine-guard.mjs', import.meta.url));
    const starter = spawn(process.execPath, ['-e', `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ${JSON.stringify([guard, engineBinary(), 'serve', '--port', '0'])}, { stdio: ['pipe', 'inherit', 'inherit'], detached: true });
    `], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [firstLine] = await once(starter.stdout, 'data');
    const engine = (await identify(Number(String(firstLine).trim())))!;
    expect(await isStillRunning(engine)).toBe(true);
    starter.kill('SIGKILL');
    await until(async () => !await isStillRunning(engine));
  });
});

const nobody = async () => {};

describe('an engine that cannot start', () => {
  it('says in its own words why', async () => {
    const databaseFile = join(await newFolder(), 'missing', 'table.db');
    await expect(startEngineProcess({ binary: engineBinary(), host: '127.0.0.1', port: 1, databaseFile }, nobody)).rejects.toThrow(/did not start: .*unable to open/s);
  });

  it('says when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startEngineProcess({ binary: engineBinary(), host: '127.0.0.1', port }, nobody)).rejects.toThrow(new RegExp(`port ${port} is already in use`));
    other.close();
  });

  it('says when its program is missing', async () => {
    await expect(startEngineProcess({ binary: '/missing/engine', host: '127.0.0.1', port: 1 }, nobody)).rejects.toThrow(/did not start: .*ENOENT/);
  });

  it('names the package that is missing on this platform', () => {
    expect(() => engineBinary('plan9', 'mips')).toThrow(/@dynoxide\/plan9-mips@\d+\.\d+\.\d+/);
  });
});
