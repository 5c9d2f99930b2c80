import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { ARCHIVER_NODE_OPTIONS } from '../../cdk/constructs/archiver.ts';
import type { Deps } from '../../lib/core/deps.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { sendMessages } from '../../lib/core/queue/send-messages.ts';
import { jsonLog } from '../../lib/platform/log.ts';
import { engineBinary } from '../../local/engine-binary.ts';
import { startEngine } from '../../local/engine.ts';
import { archiverDeps } from './archiver-deps.ts';

/**
 * How much memory the archiver takes, alone in a process, when so much waits for it (docs/benchmarks.md, The
 * archiver's memory). `--scale` shortens it, `--node-options=` leaves out what the function on AWS is started with.
 */
interface Backlog { readonly messages: number; readonly batch: number; readonly body: () => string }

const randomText = (bytes: number): string => randomBytes(Math.ceil(bytes * 0.75)).toString('base64').slice(0, bytes);

const backlogs: Readonly<Record<string, Backlog>> = {
  nothing: { messages: 0, batch: 1, body: () => '' },
  lines: { messages: 1_000_000, batch: 1000, body: () => `${randomText(50)} ${'a line of a log, like any other; '.repeat(5)}`.slice(0, 200) },
  large: { messages: 2400, batch: 4, body: () => randomText(200_000) },
  compressible: { messages: 12_000, batch: 4, body: () => 'a'.repeat(1024 * 1024) },
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: {
  scale: { type: 'string', default: '1' },
  'node-options': { type: 'string', default: ARCHIVER_NODE_OPTIONS },
} });
for (const name of positionals.length > 0 ? positionals : Object.keys(backlogs)) {
  const backlog = backlogs[name];
  if (!backlog) throw new Error(`no backlog ${name}: ${Object.keys(backlogs).join(', ')}`);
  process.stdout.write(`${name}: ${await measured({ ...backlog, messages: Math.ceil(backlog.messages * Number(values.scale)) })}\n`);
}

async function measured(backlog: Backlog): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rewindmq-archive-memory-'));
  const engine = await startEngine({
    binary: engineBinary(), databaseFile: path.join(folder, 'table.db'), onPid: async () => {}, log: jsonLog({ level: 'silent' }),
  });
  try {
    const objectFolder = path.join(folder, 'objects');
    await fill(await archiverDeps(engine.endpoint, objectFolder), backlog);
    const program = fileURLToPath(new URL('archiver-process.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, engine.endpoint, objectFolder], {
      env: { ...process.env, NODE_OPTIONS: values['node-options'] },
    });
    return stdout.trim();
  } finally {
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(deps: Deps, { messages, batch, body }: Backlog): Promise<void> {
  await createQueue(deps, { name: 'waiting', settings: { retentionSeconds: 30 * 86_400 } });
  for (let sent = 0; sent < messages; sent += batch) {
    const entries = Array.from({ length: batch }, () => ({ body: { kind: 'text' as const, text: body() }, attributes: {}, tags: [] }));
    const results = await sendMessages(deps, { name: 'waiting', entries });
    const failed = results.find(({ kind }) => kind === 'failed');
    if (failed?.kind === 'failed') throw failed.error;
  }
}
