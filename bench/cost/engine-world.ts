import { jsonLog } from '../../lib/platform/log.ts';
import { dynamoDbClient } from '../../lib/storage/dynamodb/client.ts';
import { createTableIfAbsent } from '../../lib/storage/dynamodb/create-table.ts';
import { dynamoDbItemTable } from '../../lib/storage/dynamodb/item-table.ts';
import { engineBinary } from '../../local/engine-binary.ts';
import { startEngine } from '../../local/engine.ts';
import { type CostWorld, costWorld, memoryWorld } from './world.ts';

export type EngineName = 'dynoxide' | 'memory';

/**
 * Work in a deployment of its own, gone afterwards. With `dynoxide` the units are those that the
 * engine reports in ReturnConsumedCapacity, with `memory` those of DynamoDB's rules for item sizes.
 */
export async function withWorld<T>(engine: EngineName, work: (world: CostWorld) => Promise<T>): Promise<T> {
  if (engine === 'memory') return work(memoryWorld());
  const running = await startEngine({ binary: engineBinary(), onPid: async () => {}, log: silent });
  const client = dynamoDbClient({
    endpoint: running.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const tableName = 'rewindmq-bench';
    await createTableIfAbsent(client, tableName);
    return await work(costWorld((meter) => dynamoDbItemTable({ client, tableName, meter })));
  } finally {
    client.destroy();
    await running.stop();
  }
}

const silent = jsonLog({ level: 'silent' });
