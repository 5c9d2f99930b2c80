import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Deps } from '../core/deps.ts';
import { jsonLog } from '../platform/log.ts';
import { type AwsSettings, type Environment, environmentNames, readAwsSettings } from '../platform/settings.ts';
import { dynamoDbClient } from '../storage/dynamodb/client.ts';
import { dynamoDbItemTable } from '../storage/dynamodb/item-table.ts';
import { s3Client } from '../storage/s3/client.ts';
import { s3ObjectStore } from '../storage/s3/object-store.ts';
import { createDeps } from './rewindmq.ts';

/**
 * Everything the operations need, in a function of the deployment. Region, credentials and endpoints
 * are the SDK's to find.
 * @throws SettingsError, naming every variable that is missing or wrong
 * @throws StoreUnavailable
 */
export async function createAwsDeps(environment: Environment): Promise<Deps> {
  const settings = readAwsSettings(environment);
  return createDeps({
    items: dynamoDbItemTable({ client: dynamoDbClient(), tableName: settings.tableName }),
    objects: s3ObjectStore({ client: s3Client(), bucket: settings.bucketName }),
    kickRedrive: redriveByFunction(settings),
    log: jsonLog({ level: settings.logLevel }),
  });
}

/** Told to start and not waited for: a redrive takes longer than a request may. */
function redriveByFunction({ redriveFunctionName }: AwsSettings): Deps['kickRedrive'] {
  const lambda = new LambdaClient();
  return async (job) => {
    if (redriveFunctionName === undefined) throw new Error(`a redrive cannot be started: ${environmentNames.redriveFunction} is not set`);
    await lambda.send(new InvokeCommand({ FunctionName: redriveFunctionName, InvocationType: 'Event', Payload: JSON.stringify(job) }));
  };
}
