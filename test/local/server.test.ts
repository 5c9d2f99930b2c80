import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isStillRunning, parentOf } from '../../local/process-identity.ts';
import { parseIdentity } from '../../local/directory-lock.ts';
import { temporaryFolders } from './support/folders.ts';
import { call, createQueue, receive, receiveAll, send } from './support/queue-calls.ts';
import { rawRequest } from './support/raw-request.ts';
import { serverProcesses } from './support/server-process.ts';
import { until } from './support/until.ts';

const newFolder = temporaryFolders();
const { launch, start, startByNpm } = serverProcesses();

const engineOf = async (folder: string) => parseIdentity(await readFile(join(folder, 'engine.json'), 'utf8'))!;

describe('starting', () => {
  it('says where its data is and that it listens, and serves there', async () => {
    const folder = await newFolder();
    const { url, output } = await start('--data', folder);
    expect(output()).toMatch(new RegExp(`keeps its data in ${folder}; signatures are not checked`));
    expect((await call(url, 'GET', '/v1/health')).status).toBe(200);
  });

  it('keeps nothing with --memory', async () => {
    const { url, output } = await start('--memory');
    expect(output()).toContain('keeps nothing');
    await createQueue(url, 'jobs');
    await send(url, 'jobs', 'a');
    expect(await receiveAll(url, 'jobs')).toEqual(['a']);
  });

  it('prints its version, and its flags', async () => {
    const [version, help] = [launch('--version'), launch('--help')];
    expect([await version.ended, await help.ended]).toEqual([0, 0]);
    expect(version.output()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(help.output()).toContain('--port N');
  });

  it.each([
    ['--host', '0.0.0.0', '--host must be a loopback address'],
    ['--port', 'high', '--port must be a whole number from 0 to 65535, got high'],
  ])('ends with 2 for %s %s', async (flag, value, text) => {
    const { ended, output } = launch(flag, value);
    expect(await ended).toBe(2);
    expect(output()).toContain(text);
  });

  it('ends with 1 when its port is taken, naming it', async () => {
    const { url } = await start('--memory');
    const { port } = new URL(url);
    const { ended, output } = launch('--memory', '--port', port);
    expect(await ended).toBe(1);
    expect(output()).toContain(`port ${port} of 127.0.0.1 is taken`);
  });

  it('ends with 1 on a folder that another server has, which goes on', async () => {
    const folder = await newFolder();
    const first = await start('--data', folder);
    const second = launch('--data', folder, '--port', '0');
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`another RewindMQ (process ${first.process.pid}) serves ${folder}`);
    expect((await createQueue(first.url, 'jobs')).status).toBeLessThan(300);
  });

  it('ends with 1 on a newer format', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'format.json'), '{"formatVersion":99}');
    const { ended, output } = launch('--data', folder);
    expect(await ended).toBe(1);
    expect(output()).toContain('its format is 99');
  });

  it('ends with 1 on a database that is none, in the words of the engine', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'format.json'), '{"formatVersion":1}');
    await writeFile(join(folder, 'table.db'), 'no database at all, whatever its name says'.repeat(100));
    const { ended, output } = launch('--data', folder, '--port', '0');
    expect(await ended).toBe(1);
    expect(output()).toMatch(/the storage engine did not start: .*not a valid SQLite database/);
    expect(output()).not.toContain(' at ');
  });

  it('refuses a request for another host, in the shape of every error', async () => {
    const { url } = await start('--memory');
    const reply = await rawRequest(url, 'GET /v1/queues HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n');
    expect(reply).toMatch(/^HTTP\/1\.1 403 .*"code":"HostNotAllowed"/s);
  });
});

describe('Ctrl-C', () => {
  it('lets a long poll end early, ends the engine and exits with 0', async () => {
    const folder = await newFolder();
    const { url, process, ended } = await start('--data', folder);
    await createQueue(url, 'jobs');
    const poll = receive(url, 'jobs', { waitSeconds: 20 });
    // Later on the same server than the poll, so the poll has arrived.
    await call(url, 'GET', '/v1/health');
    process.kill('SIGINT');
    expect(await poll).toMatchObject({ status: 200, body: { messages: [] } });
    expect(await ended).toBe(0);
    expect(await isStillRunning(await engineOf(folder))).toBe(false);
  });

  it('answers every send that it has taken', async () => {
    const folder = await newFolder();
    const { url, process, ended } = await start('--data', folder);
    await createQueue(url, 'jobs');
    const names = Array.from({ length: 40 }, (_, index) => `m${String(index).padStart(2, '0')}`);
    const sends = names.map(async (name) => send(url, 'jobs', name).then(({ status }) => (status === 200 ? [name] : []), () => []));
    await sends[0];
    process.kill('SIGINT');
    const acknowledged = (await Promise.all(sends)).flat();
    expect(await ended).toBe(0);
    const again = await start('--data', folder);
    expect(await receiveAll(again.url, 'jobs')).toEqual(expect.arrayContaining(acknowledged));
  });

  it.skipIf(process.platform === 'win32')('in the terminal of npm reaches npm, shell and server at once, and still ends in good order', async () => {
    const folder = await newFolder();
    const { url, process: npm, ended, output } = await startByNpm('--data', folder);
    await createQueue(url, 'jobs');
    const poll = receive(url, 'jobs', { waitSeconds: 20 });
    await call(url, 'GET', '/v1/health');
    process.kill(-npm.pid!, 'SIGINT');
    expect(await poll).toMatchObject({ status: 200, body: { messages: [] } });
    await ended;
    expect(output()).toContain('finishes the requests under way');
    expect(await isStillRunning(await engineOf(folder))).toBe(false);
  });

  it('ends at once the second time', async () => {
    const { process, ended, url } = await start('--memory');
    await createQueue(url, 'jobs');
    process.kill('SIGINT');
    process.kill('SIGTERM');
    expect([0, 130]).toContain(await ended);
  });
});

/** Sends one by one until the server is gone. Answers what was acknowledged. */
async function sendUntilGone(url: string, sender: number, onSent: () => void): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let index = 0; ; index += 1) {
    const name = `${sender}-${index}`;
    const reply = await send(url, 'jobs', name).catch(() => undefined);
    if (reply === undefined) return acknowledged;
    if (reply.status === 200 && reply.body.failed === 0) acknowledged.push(name);
    onSent();
  }
}

describe('kill -9', () => {
  it('of the server loses nothing acknowledged, and leaves no engine behind', async () => {
    const folder = await newFolder();
    const first = await start('--data', folder);
    await createQueue(first.url, 'jobs');
    let sent = 0;
    const senders = Array.from({ length: 8 }, (_, sender) => sendUntilGone(first.url, sender, () => {
      sent += 1;
      if (sent === 100) first.process.kill('SIGKILL');
    }));
    const acknowledged = (await Promise.all(senders)).flat();
    expect(acknowledged.length).toBeGreaterThanOrEqual(50);
    const engine = await engineOf(folder);

    const second = await start('--data', folder);
    expect(await isStillRunning(engine)).toBe(false);
    expect(await receiveAll(second.url, 'jobs')).toEqual(expect.arrayContaining(acknowledged));
  });

  it('of the server, its engine and its guard at once loses nothing acknowledged', async () => {
    const folder = await newFolder();
    const first = await start('--data', folder);
    await createQueue(first.url, 'jobs');
    await send(first.url, 'jobs', 'a', 'b');
    process.kill((await engineOf(folder)).pid, 'SIGKILL');
    first.process.kill('SIGKILL');
    await first.ended;
    const second = await start('--data', folder);
    expect(await receiveAll(second.url, 'jobs')).toEqual(['a', 'b']);
  });

  it.runIf(process.platform === 'linux')('of the server and of the guard leaves an engine that the next start ends', async () => {
    const folder = await newFolder();
    const first = await start('--data', folder);
    await createQueue(first.url, 'jobs');
    await send(first.url, 'jobs', 'a');
    const engine = await engineOf(folder);
    const guard = (await parentOf(engine.pid))!;
    process.kill(guard, 'SIGSTOP');
    first.process.kill('SIGKILL');
    process.kill(guard, 'SIGKILL');
    await until(async () => await parentOf(engine.pid) !== guard);
    expect(await isStillRunning(engine)).toBe(true);

    const second = await start('--data', folder);
    expect(await isStillRunning(engine)).toBe(false);
    expect(await receiveAll(second.url, 'jobs')).toEqual(['a']);
  });

  it.runIf(process.platform === 'linux')('of npm ends the server that it started', async () => {
    const folder = await newFolder();
    const first = await startByNpm('--data', folder);
    first.process.kill('SIGKILL');
    const second = await start('--data', folder);
    expect((await call(second.url, 'GET', '/v1/health')).status).toBe(200);
    await expect(fetch(first.url)).rejects.toThrow(/fetch failed/);
  });

  it('of the engine is answered with 503 at worst, until it is back with everything', async () => {
    const folder = await newFolder();
    const { url, output } = await start('--data', folder);
    await createQueue(url, 'jobs');
    await send(url, 'jobs', 'before');
    const before = await engineOf(folder);
    process.kill(before.pid, 'SIGKILL');
    const statuses = new Set((await Promise.all(Array.from({ length: 20 }, () => send(url, 'jobs', 'during')))).map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await until(() => output().includes('"engineRestarted"'));
    expect((await send(url, 'jobs', 'after')).status).toBe(200);
    expect((await engineOf(folder)).pid).not.toBe(before.pid);
    expect(await receiveAll(url, 'jobs')).toEqual(expect.arrayContaining(['after', 'before']));
  });
});
