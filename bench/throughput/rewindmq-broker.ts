import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../child.ts';
import { freePort } from '../free-port.ts';
import type { Broker, Dialect } from './broker.ts';
import { jsonClient } from './json-client.ts';

const START_MS = 60_000;

export interface RewindmqOptions {
  readonly profileDir: string | undefined;
  /** @default native */
  readonly dialect?: Dialect;
  /** Kept at the end. @default - one of its own, gone with it */
  readonly dataDir?: string;
}

/** `npm start` as a user runs it, durable. */
export async function startRewindmq({ profileDir, dialect = 'native', dataDir: given }: RewindmqOptions): Promise<Broker> {
  const dataDir = given ?? await mkdtemp(join(tmpdir(), 'rewindmq-bench-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = startChild({
    command: 'npm',
    args: ['start', '--', '--port', String(port), '--data', dataDir],
    env: profileDir === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileDir}` },
  });
  await server.until(/RewindMQ listening on/, START_MS);
  const client = jsonClient(url);
  return {
    target: { system: 'rewindmq', url, dialect },
    version: 'RewindMQ, npm start',
    pid: server.pid,
    createQueue: (name) => client.call('PUT', `/v1/queues/${name}`, { visibilityTimeoutSeconds: 300 }),
    deleteQueue: (name) => client.call('DELETE', `/v1/queues/${name}`),
    async stop() {
      client.close();
      await server.stop();
      if (given === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
