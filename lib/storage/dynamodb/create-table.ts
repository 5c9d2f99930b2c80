import {
  CreateTableCommand, DescribeTimeToLiveCommand, type DynamoDBClient, ResourceInUseException, UpdateTimeToLiveCommand, waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { toStoreFault } from './faults.ts';

const WAIT_SECONDS_MAX = 30;

/** Make the table when it is not there. For one machine and for tests; on AWS the stack makes it. */
export async function createTableIfAbsent(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await createUnlessThere(client, tableName);
    await waitUntilTableExists({ client, minDelay: 1, maxDelay: 1, maxWaitTime: WAIT_SECONDS_MAX }, { TableName: tableName });
    await enableTtl(client, tableName);
  } catch (error) {
    throw toStoreFault(error);
  }
}

async function createUnlessThere(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
    }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

/** Enabling it twice would be refused. */
async function enableTtl(client: DynamoDBClient, tableName: string): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
  if (TimeToLiveDescription?.TimeToLiveStatus?.startsWith('ENABL')) return;
  await client.send(new UpdateTimeToLiveCommand({
    TableName: tableName,
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  }));
}
