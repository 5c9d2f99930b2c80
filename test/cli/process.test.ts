import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../local/support/deferred.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryDeps } from '../support/memory-deps.ts';
import { serving } from '../wire/cmq/served.ts';
import { answering } from './support/answering.ts';
import type { Printed } from './support/terminal.ts';

const serve = serving();
const { serve: serveOther } = answering();
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** `npx rewindmq` without npx. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['bin/rewindmq.mjs', ...args], { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
    .then(([[code, signal], out, err]): Omit<Printed, 'exitCode'> & { readonly exitCode: unknown } => ({ exitCode: code ?? signal, out, err }));
  return { child, ended };
}

describe('the command line as a process', () => {
  it('helps', async () => {
    expect(await start(['keys', '--help']).ended).toEqual({ exitCode: 0, err: '', out: expect.stringMatching(/^Usage: npx rewindmq keys /) });
  });

  it('tells on the other output what is wrong', async () => {
    expect(await start(['keys', 'lsit']).ended).toEqual({ exitCode: 2, out: '', err: expect.stringMatching(/^there is no command keys lsit\n\nUsage: /) });
  });

  it('issues a key, signing with the one of its environment', async () => {
    const authentication = { administrator: { id: 'AKIDops', secret: 'the-secret-of-the-administrator' } };
    const { port } = await serve({ ...memoryDeps({ clock: fakeClock(Date.now()) }), authentication });
    const environment = { REWINDMQ_ENDPOINT: `http://127.0.0.1:${port}`, REWINDMQ_ACCESS_KEY: 'AKIDops:the-secret-of-the-administrator' };
    const { exitCode, out, err } = await start(['keys', 'create', '--json', '--names', 'orders-*'], environment).ended;
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ accessKeyId: expect.stringMatching(/^AKID/), secretAccessKey: expect.any(String), names: ['orders-*'] });
  });

  it('ends at Ctrl-C, without a stack', async () => {
    const asked = deferred();
    const endpoint = await serveOther(() => asked.resolve());
    const { child, ended } = start(['keys', 'list', '--endpoint', endpoint]);
    await asked.promise;
    child.kill('SIGINT');
    expect(await ended).toEqual({ exitCode: 130, out: '', err: 'interrupted\n' });
  });
});
