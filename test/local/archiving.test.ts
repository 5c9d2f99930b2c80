import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archiveChore, withArchiver } from '../../local/archiving.ts';
import type { WireRequest } from '../../lib/protocol/wire.ts';
import { DAY_MS, HOUR_MS, longLived, objectsOf } from '../core/archive/cold.ts';
import { entries } from '../core/queue-calls.ts';
import { memoryDeps } from '../support/memory-deps.ts';
import { temporaryFolders } from './support/folders.ts';
import { call, send } from './support/queue-calls.ts';
import { serverProcesses } from './support/server-process.ts';

describe('the archive chore', () => {
  it('archives once an hour, and what comes in between is for the next round', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const step = archiveChore(deps);
    await orders.send(...entries(3));
    deps.clock.advance(2 * DAY_MS);
    expect(await step()).toBe('done');
    expect(await objectsOf(deps)).toHaveLength(1);
    deps.meter.reset();
    deps.clock.advance(HOUR_MS - 1);
    expect(await step()).toBe('done');
    expect(deps.meter.consumed().requests).toBe(0);
    deps.clock.advance(1);
    await step();
    expect(deps.meter.consumed().requests).toBeGreaterThan(0);
  });
});

describe('archiving by hand', () => {
  const request = (more: Partial<WireRequest>): WireRequest => ({ method: 'POST', path: '/local/archive', query: '', headers: {}, body: undefined, ...more });
  const body = (said: object): Uint8Array => new TextEncoder().encode(JSON.stringify(said));
  const api = async () => ({ status: 418, headers: {}, body: '' });

  it('takes what it is told to, and says where it is', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...entries(3));
    deps.clock.advance(1);
    const answer = withArchiver(deps, 'objects/archive', api);
    expect(JSON.parse((await answer(request({}))).body)).toMatchObject({ queues: 1, messages: 0 });
    expect(JSON.parse((await answer(request({ body: body({ queue: 'orders', olderThanSeconds: 0 }) }))).body)).toMatchObject({
      queues: 1, messages: 3, objects: 1, lagSeconds: 0, folder: 'objects/archive',
    });
  });

  it('refuses what it does not understand, and archives nothing then', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...entries(3));
    deps.clock.advance(1);
    const answer = withArchiver(deps, undefined, api);
    const refused = async (bytes: Uint8Array) => {
      const { status, body: text } = await answer(request({ body: bytes }));
      return [status, JSON.parse(text)] as const;
    };
    expect(await refused(new TextEncoder().encode('{"queue":'))).toMatchObject([400, { error: expect.objectContaining({ code: 'MalformedRequest' }) as object }]);
    expect(await refused(body({ olderThanSeconds: -5 }))).toMatchObject([400, { error: expect.objectContaining({ code: 'ParameterOutOfRange' }) as object }]);
    expect(await refused(body({ queue: 'others', olderThanSeconds: 0 }))).toMatchObject([404, { error: expect.objectContaining({ code: 'QueueNotFound' }) as object }]);
    expect(await objectsOf(deps)).toEqual([]);
  });

  it('leaves every other path to the API, and takes POST only', async () => {
    const answer = withArchiver(memoryDeps(), undefined, api);
    expect((await answer(request({ path: '/v1/health' }))).status).toBe(418);
    expect((await answer(request({ method: 'GET' }))).status).toBe(405);
  });
});

describe('npm run archive', () => {
  const newFolder = temporaryFolders();
  const { start } = serverProcesses();

  const archiveAs = (key: string, ...flags: readonly string[]): Promise<{ readonly code: number; readonly output: string }> => new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', 'local/archive-now.ts', ...flags], { env: { ...process.env, REWINDMQ_ACCESS_KEY: key } }, (error, output, errors) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: output + errors });
    });
  });

  const archive = (...flags: readonly string[]) => archiveAs('', ...flags);

  it('puts the messages of a running server into files, and says where', async () => {
    const folder = await newFolder();
    const { url } = await start('--data', folder);
    await call(url, 'PUT', '/v1/queues/jobs', { retentionSeconds: 30 * 86_400 });
    await send(url, 'jobs', 'a', 'b', 'c');
    const { code, output } = await archive('--url', url, '--queue', 'jobs');
    expect({ code, output }).toEqual({ code: 0, output: `Archived 3 messages in 1 files under ${join(folder, 'objects', 'archive')}.\n` });
    const files = await readdir(join(folder, 'objects', 'archive'), { recursive: true });
    expect(files.filter((name) => /^31d\/queue=jobs\/hour=[\dT-]+\/\w+-0\.parquet$/.test(name.replaceAll('\\', '/')))).toHaveLength(1);
    expect(await archive('--url', url, '--queue', 'other')).toEqual({ code: 1, output: 'there is no queue other\n' });
    await call(url, 'PUT', '/v1/queues/short', {});
    expect(await archive('--url', url, '--queue', 'short')).toEqual({ code: 0, output: 'The queue short has no history of more than 7 days: nothing to archive.\n' });
  });

  it('signs with the key of a server that takes signed requests only', async () => {
    const { url } = await start('--memory', '--access-key', 'AKIDops:a-long-secret');
    expect(await archiveAs('AKIDops:a-long-secret', '--url', url)).toMatchObject({ code: 0, output: expect.stringContaining('nothing to archive') as string });
    expect(await archive('--url', url)).toMatchObject({ code: 1, output: expect.stringContaining('signed requests only') as string });
    expect(await archiveAs('AKIDops:another-secret', '--url', url)).toMatchObject({ code: 1, output: expect.stringContaining('not signed with an access key') as string });
  });

  it('says what is wrong with its flags, or that no server is there', async () => {
    expect(await archive('--older-than', 'soon')).toMatchObject({ code: 2, output: expect.stringContaining('--older-than must be an age like 90s') as string });
    expect(await archive('--url', 'http://127.0.0.1:9')).toMatchObject({ code: 1, output: expect.stringContaining('no RewindMQ answers at http://127.0.0.1:9') as string });
    expect(await archive('--help')).toMatchObject({ code: 0, output: expect.stringContaining('npm run archive') as string });
  });
});
