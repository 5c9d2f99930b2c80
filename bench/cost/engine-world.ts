import { jsonLog } from '../../lib/platform/log.ts';
import { dynamoDbClient } from '../../lib/storage/dynamodb/client.ts';
import { createTableIfAbsent } from '../../lib/storage/dynamodb/create-table.ts';
import { dynamoDbItemTable } from '../../lib/storage/dynamodb/item-table.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { engineBinary } from '../../local/engine-binary.ts';
import { startEngine } from '../../local/engine.ts';
import type { RequestMeter } from './trace.ts';
import { type CostWorld, costWorld, memoryWorld } from './world.ts';

export type EngineName = 'dynoxide' | 'memory';

/**
 * Work in a deployment of its own, gone afterwards. With `dynoxide` the units are those that the
 * engine reports in ReturnConsumedCapacity, with `memory` those of DynamoDB's rules for item sizes.
 */
export async function withWorld<T>(engine: EngineName, work: (world: CostWorld) => Promise<T>): Promise<T> {
  if (engine === 'memory') return work(memoryWorld());
  const { tableOf, stop } = await startEngineTable();
  try {
    return await work(costWorld(tableOf));
  } finally {
    await stop();
  }
}

/** A new table in an engine that was started for it and keeps everything in memory. */
export interface EngineTable {
  readonly tableOf: (meter: RequestMeter) => ItemTable;
  readonly stop: () => Promise<void>;
}

export async function startEngineTable(): Promise<EngineTable> {
  const engine = await startEngine({ binary: engineBinary(), onPid: async () => {}, log: jsonLog({ level: 'silent' }) });
  const client = dynamoDbClient({
    endpoint: engine.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    await engine.stop();
  };
  const tableName = 'rewindmq-bench';
  try {
    await createTableIfAbsent(client, tableName);
  } catch (error) {
    await stop();
    throw error;
  }
  return { tableOf: (meter) => dynamoDbItemTable({ client, tableName, meter }), stop };
}
