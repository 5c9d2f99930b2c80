import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { RewindMq } from '../../cdk/constructs/rewindmq.ts';
import { ApiStack } from '../../cdk/stacks/api-stack.ts';
import { StorageStack } from '../../cdk/stacks/storage-stack.ts';
import { testApp } from './synthesized.ts';

function twoStacks(accessKeys = false) {
  const app = testApp();
  const storageStack = new StorageStack(app, 'Storage', { storage: { accessKeys } });
  const apiStack = new ApiStack(app, 'Api', { rewindMq: { storage: storageStack.storage, accessKeys } });
  return { app, storageStack, apiStack };
}

const violationsOf = (scope: Parameters<AwsSolutionsChecks['validateScope']>[0]) =>
  new AwsSolutionsChecks().validateScope(scope).violations.map(({ ruleName, violatingResources }) =>
    `${ruleName}: ${violatingResources.map(({ constructPath }) => constructPath).join(', ')}`);

describe('the two stacks', () => {
  const { app, storageStack, apiStack } = twoStacks();
  const [storage, api] = [Template.fromStack(storageStack), Template.fromStack(apiStack)];

  it('keep everything that remembers in the one that is protected against deletion', () => {
    expect([storageStack.terminationProtection, apiStack.terminationProtection]).toEqual([true, false]);
    api.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
    api.resourceCountIs('AWS::S3::Bucket', 0);
  });

  it('say where the API is, and which table and bucket are theirs', () => {
    api.hasOutput('ApiUrl', {});
    storage.hasOutput('TableName', {});
    storage.hasOutput('BucketName', {});
  });

  it('have access keys only where they are asked for: then their key stays with the messages', () => {
    for (const output of ['AccessKeysUrl', 'SecretKeyArn']) expect([...Object.keys(api.findOutputs(output)), ...Object.keys(storage.findOutputs(output))]).toEqual([]);
    const keyed = twoStacks(true);
    const [keyedStorage, keyedApi] = [Template.fromStack(keyed.storageStack), Template.fromStack(keyed.apiStack)];
    keyedStorage.resourceCountIs('AWS::KMS::Key', 1);
    keyedStorage.hasOutput('SecretKeyArn', {});
    keyedApi.resourceCountIs('AWS::KMS::Key', 0);
    keyedApi.hasOutput('AccessKeysUrl', {});
    keyed.app.synth();
    expect(violationsOf(keyed.app)).toEqual([]);
  });

  it('pass the checks of cdk-nag, each exception with its reason', () => {
    app.synth();
    expect(violationsOf(app)).toEqual([]);
  });

  it('pass them also as one construct in one stack', () => {
    const alone = testApp();
    const stack = new StorageStack(alone, 'Storage');
    new RewindMq(stack, 'Queues', { storage: stack.storage });
    alone.synth();
    expect(violationsOf(alone)).toEqual([]);
  });

  it('would not pass them with a bucket that nobody thought about: the check is awake', () => {
    const careless = twoStacks();
    new Bucket(careless.apiStack, 'Forgotten');
    expect(violationsOf(careless.app).join()).toContain('AwsSolutions-S10');
  });
});
