import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { type CapacityMeter, capacityMeter } from '../../lib/platform/capacity-meter.ts';
import { system } from '../../lib/platform/system.ts';
import { dynamoDbClient } from '../../lib/storage/dynamodb/client.ts';
import { createTableIfAbsent } from '../../lib/storage/dynamodb/create-table.ts';
import { dynamoDbItemTable } from '../../lib/storage/dynamodb/item-table.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { memoryItemTable } from '../../lib/storage/memory/item-table.ts';

export interface OpenTable {
  readonly table: ItemTable;
  readonly meter: CapacityMeter;
  close(): Promise<void>;
}

/** An engine that the contracts run on. */
export interface TableEngine {
  readonly name: string;
  /** Why it cannot run here; the tests are then skipped, and say so. */
  readonly missing?: string;
  /** Whether its capacity figures are those of DynamoDB; DynamoDB Local reads nothing for nothing. */
  readonly countsCapacity: 'all' | 'butEmptyQueries';
  open(): Promise<OpenTable>;
}

export const memoryEngine: TableEngine = {
  name: 'memory',
  countsCapacity: 'all',
  async open() {
    const meter = capacityMeter();
    return { table: memoryItemTable({ meter }), meter, close: async () => {} };
  },
};

const dynoxideBinary = findDynoxide();

/** The embedded engine of the local server, in its memory. */
export const dynoxideEngine: TableEngine = {
  name: 'dynoxide',
  countsCapacity: 'all',
  ...(dynoxideBinary ? {} : { missing: `no dynoxide for ${process.platform} ${process.arch}` }),
  async open() {
    const port = await freePort();
    const engine = await startDynoxide(port);
    const opened = await openAt(`http://127.0.0.1:${port}`);
    return {
      ...opened,
      async close() {
        await opened.close();
        engine.kill('SIGKILL');
        if (engine.exitCode === null && engine.signalCode === null) await once(engine, 'exit');
      },
    };
  },
};

const namedEndpoint = process.env['CONTRACT_ENDPOINT'];

/** Whatever the environment names: DynamoDB Local in .ci/run. */
export const namedEngine: TableEngine = {
  name: `CONTRACT_ENDPOINT ${namedEndpoint ?? ''}`,
  countsCapacity: 'butEmptyQueries',
  ...(namedEndpoint ? {} : { missing: 'CONTRACT_ENDPOINT is not set' }),
  open: () => openAt(namedEndpoint ?? ''),
};

export const tableEngines: readonly TableEngine[] = [memoryEngine, dynoxideEngine, namedEngine];

async function openAt(endpoint: string): Promise<OpenTable> {
  const client = dynamoDbClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' } });
  const tableName = `contract-${system.newId()}`;
  await createTableIfAbsent(client, tableName);
  const meter = capacityMeter();
  return {
    table: dynamoDbItemTable({ client, tableName, meter }),
    meter,
    async close() {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
      client.destroy();
    },
  };
}

function findDynoxide(): string | undefined {
  const { resolve } = createRequire(import.meta.url);
  try {
    const folder = path.dirname(resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`));
    return [path.join(folder, 'dynoxide'), path.join(folder, 'dynoxide.exe')].find((file) => existsSync(file));
  } catch {
    return undefined;
  }
}

async function startDynoxide(port: number): Promise<ChildProcess> {
  const engine = spawn(dynoxideBinary ?? '', ['serve', '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = await Promise.race([once(engine.stdout, 'data'), once(engine.stderr, 'data'), once(engine, 'exit')]);
  if (engine.exitCode !== null) throw new Error(`dynoxide did not start: ${String(said)}`);
  return engine;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
