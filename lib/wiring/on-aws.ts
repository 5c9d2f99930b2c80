import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Deps } from '../core/deps.ts';
import { httpEndpoint } from '../delivery/http-endpoint.ts';
import type { ScheduleJob } from '../housekeeping/run-job.ts';
import { jsonLog } from '../platform/log.ts';
import { type Environment, readAwsSettings } from '../platform/settings.ts';
import { system } from '../platform/system.ts';
import { kmsBox } from '../secrets/kms-box.ts';
import { noBox } from '../secrets/no-box.ts';
import { dynamoDbClient } from '../storage/dynamodb/client.ts';
import { dynamoDbItemTable } from '../storage/dynamodb/item-table.ts';
import { s3Client } from '../storage/s3/client.ts';
import { s3ObjectStore } from '../storage/s3/object-store.ts';
import { lambdaFunctions } from './lambda-functions.ts';
import { createDeps } from './rewindmq.ts';
import { scheduledStarts } from './scheduled-starts.ts';

/**
 * What a Lambda function works with, from what the stack has put into its environment.
 * @throws SettingsError
 * @throws StoreUnavailable
 */
export async function depsOnAws(environment: Environment): Promise<Deps> {
  const { tableName, bucketName, jobFunctionName, allowsPrivateEndpoints, secretKeyArn, callers, logLevel } = readAwsSettings(environment);
  return createDeps({
    items: dynamoDbItemTable({ client: dynamoDbClient(), tableName }),
    objects: s3ObjectStore({ client: s3Client(), bucket: bucketName }),
    pushEndpoint: httpEndpoint({ sleep: (ms, signal) => system.sleep(ms, signal), allowPrivateAddresses: allowsPrivateEndpoints }),
    functions: lambdaFunctions(),
    secretBox: secretKeyArn === undefined ? noBox : kmsBox(secretKeyArn),
    ...(callers === 'accessKeys' ? { authentication: {} } : {}),
    publishedTo: tellsNobody,
    // The runner is not told its own name by the stack, which would have to know it before it is made.
    kickJob: startsFunction(jobFunctionName ?? environment['AWS_LAMBDA_FUNCTION_NAME']),
    log: jsonLog({ level: logLevel }),
  });
}

/** The table's stream tells of what is published. */
const tellsNobody = (): void => {};

/** Does not wait for the runner: Lambda queues the start, and starts again should the runner fail. */
function startsFunction(functionName: string | undefined, client = new LambdaClient()): Deps['kickJob'] {
  return async (job) => {
    await client.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(job) }));
  };
}

/**
 * How a function of the deployment has itself started later, whatever it is called; undefined where the stack has
 * made no schedules: whoever looks after jobs comes once a minute.
 * @throws SettingsError
 */
export function schedulesOnAws(environment: Environment, functionArn: string): ScheduleJob | undefined {
  const { schedules } = readAwsSettings(environment);
  return schedules && scheduledStarts({ ...schedules, functionArn });
}
