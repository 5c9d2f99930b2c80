import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStackResourcesCommand, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { environmentFor, type LocalAws } from './local-aws.ts';

/** What the stacks say about themselves once they stand. */
export interface Deployment {
  readonly apiUrl: string;
  readonly accessKeysUrl: string;
  readonly tableName: string;
  readonly bucketName: string;
  readonly secretKeyArn: string;
}

/** A function of somebody else, which the stacks are told that messages may be pushed to. */
export const pushedFunctionName = `RewindMQDeployTest-pushed`;
export const pushedFunctionArn = ({ region }: LocalAws): string => `arn:aws:lambda:${region}:000000000000:function:${pushedFunctionName}`;

const run = promisify(execFile);

/** Names of its own, so that a RewindMQ that somebody keeps at the same endpoint is left alone. */
const name = 'RewindMQDeployTest';
const storageStack = `${name}-Storage`;
const apiStack = `${name}-Api`;

/** The stacks of the app as they are, by the CDK CLI as a user would call it. */
export async function deploy(aws: LocalAws): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'rewindmq-deploy-'));
  const outputsFile = join(folder, 'outputs.json');
  try {
    await cdk(aws, 'bootstrap', `aws://000000000000/${aws.region}`);
    await cdk(aws, 'deploy', '--all', '--outputs-file', outputsFile);
    return readOutputs(await readFile(outputsFile, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Everything goes, also what the stacks are made to keep: that is the test's business, not the stacks'. */
export async function tearDown(aws: LocalAws, { tableName, bucketName, secretKeyArn }: Deployment): Promise<void> {
  const cloudFormation = new CloudFormationClient(aws);
  await cloudFormation.send(new UpdateTerminationProtectionCommand({
    StackName: storageStack, EnableTerminationProtection: false,
  }));
  await cdk(aws, 'destroy', '--all', '--force');
  await new DynamoDBClient(aws).send(new DeleteTableCommand({ TableName: tableName }));
  await removeBucket(new S3Client({ ...aws, endpoint: aws.s3Endpoint, forcePathStyle: true }), bucketName);
  await new KMSClient(aws).send(new ScheduleKeyDeletionCommand({ KeyId: secretKeyArn, PendingWindowInDays: 7 }));
}

/** Run the reporter now instead of within the minute. Its metrics are lines of its log. */
export async function invokeReporter(aws: LocalAws): Promise<{ readonly failed: boolean; readonly log: readonly string[] }> {
  const { FunctionError, LogResult = '' } = await new LambdaClient(aws).send(new InvokeCommand({
    FunctionName: await resourceOf(aws, 'AWS::Lambda::Function', 'Reporter'), LogType: 'Tail',
  }));
  return { failed: FunctionError !== undefined, log: Buffer.from(LogResult, 'base64').toString().split('\n') };
}

/** What Lambda says of the table's stream: whether it has had something to tell the waker of pushes. */
export async function lastTold(aws: LocalAws): Promise<string | undefined> {
  const { EventSourceMappings = [] } = await new LambdaClient(aws).send(new ListEventSourceMappingsCommand({
    FunctionName: await resourceOf(aws, 'AWS::Lambda::Function', 'Pushes'),
  }));
  return EventSourceMappings[0]?.LastProcessingResult;
}

/** When jobs are to be started later, in milliseconds. */
export async function listStarts(aws: LocalAws): Promise<readonly number[]> {
  const scheduler = new SchedulerClient(aws);
  const GroupName = await resourceOf(aws, 'AWS::Scheduler::ScheduleGroup', 'Schedules');
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ GroupName }));
  return Promise.all(Schedules.map(async ({ Name }) => {
    const { ScheduleExpression = '' } = await scheduler.send(new GetScheduleCommand({ GroupName, Name }));
    return Date.parse(ScheduleExpression.replace(/^at\((.*)\)$/, '$1Z'));
  }));
}

async function resourceOf(aws: LocalAws, type: string, part: string): Promise<string | undefined> {
  const { StackResources = [] } = await new CloudFormationClient(aws).send(new DescribeStackResourcesCommand({ StackName: apiStack }));
  return StackResources.find(({ ResourceType, LogicalResourceId }) => ResourceType === type && LogicalResourceId?.includes(part))?.PhysicalResourceId;
}

/** Keys of the objects that the deployment has written. */
export async function listObjectKeys(aws: LocalAws, bucketName: string): Promise<readonly string[]> {
  const s3 = new S3Client({ ...aws, endpoint: aws.s3Endpoint, forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucketName }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

async function removeBucket(s3: S3Client, bucketName: string): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucketName }));
  await Promise.all(Contents.map(({ Key }) => s3.send(new DeleteObjectCommand({ Bucket: bucketName, Key }))));
  await s3.send(new DeleteBucketCommand({ Bucket: bucketName }));
}

/** @throws with all that the CLI printed, since a failed deployment explains itself nowhere else */
async function cdk(aws: LocalAws, ...args: readonly string[]): Promise<void> {
  const command = [...args, ...contextOf(aws), '--require-approval', 'never'];
  await run('cdk', command, { env: environmentFor(aws), maxBuffer: 64 * 1024 * 1024 }).catch((fault) => {
    throw new Error(`cdk ${args.join(' ')} failed:\n${fault.stdout}\n${fault.stderr}`, { cause: fault });
  });
}

/** The endpoints of these tests are on this machine. */
const contextOf = (aws: LocalAws): readonly string[] =>
  [`name=${name}`, 'accessKeys=true', 'allowPrivateEndpoints=true', `pushFunctions=${pushedFunctionArn(aws)}`].flatMap((setting) => ['--context', setting]);

function readOutputs(text: string): Deployment {
  const outputs: Record<string, Record<string, string> | undefined> = JSON.parse(text);
  const output = (stack: string, key: string): string => {
    const value = outputs[stack]?.[key];
    if (value === undefined) throw new Error(`stack ${stack} has no output ${key}: ${text}`);
    return value;
  };
  return {
    apiUrl: output(apiStack, 'ApiUrl'),
    accessKeysUrl: output(apiStack, 'AccessKeysUrl'),
    tableName: output(storageStack, 'TableName'),
    bucketName: output(storageStack, 'BucketName'),
    secretKeyArn: output(storageStack, 'SecretKeyArn'),
  };
}
