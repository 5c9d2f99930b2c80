import { RemovalPolicy } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { MessageStorage } from '../../cdk/constructs/message-storage.ts';
import { RewindMq } from '../../cdk/constructs/rewindmq.ts';
import { templateOf } from './synthesized.ts';

const lambda = 'AWS::Lambda::Function';
const keyed = templateOf((scope) => new RewindMq(scope, 'Queues', { accessKeys: true, allowPrivateEndpoints: true }));
const plain = templateOf((scope) => new RewindMq(scope, 'Queues', { allowPrivateEndpoints: true }));

const resourcesOf = (template: Template): Readonly<Record<string, { readonly Type: string }>> => template.toJSON()['Resources'];
const functionOf = (description: string) => Object.values(keyed.findResources(lambda, { Properties: { Description: description } }))[0]?.['Properties'];
const variablesOf = (description: string) => functionOf(description).Environment.Variables;

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** By the part of the deployment whose role has it: what it may do with keys of KMS. */
function grantsOnKeys(template: Template): readonly (readonly [string, Statement])[] {
  return Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([id, { Properties }]) =>
    (Properties.PolicyDocument.Statement as readonly Statement[])
      .filter(({ Action }) => [Action].flat().some((action) => action === '*' || action.startsWith('kms:')))
      .map((statement) => [id.replace(/HandlerRole.*/, ''), statement] as const));
}

describe('without access keys', () => {
  it('nothing of them is deployed: neither a key, nor a second address, nor a word of them', () => {
    plain.resourceCountIs('AWS::KMS::Key', 0);
    plain.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
    expect(JSON.stringify(plain.toJSON())).not.toMatch(/kms|REWINDMQ_SECRET_KEY|accessKeys|Keyed/i);
  });
});

describe('with access keys', () => {
  it('so much is added', () => {
    const before = resourcesOf(plain);
    const added = Object.entries(resourcesOf(keyed)).filter(([id]) => !Object.hasOwn(before, id)).map(([, { Type }]) => Type);
    const counts = Object.fromEntries([...new Set(added)].toSorted().map((type) => [type, added.filter((other) => other === type).length]));
    expect(counts).toEqual({
      'AWS::ApiGatewayV2::Api': 1, 'AWS::ApiGatewayV2::Integration': 1, 'AWS::ApiGatewayV2::Route': 3, 'AWS::ApiGatewayV2::Stage': 1,
      'AWS::CloudWatch::Alarm': 4, 'AWS::IAM::Policy': 2, 'AWS::IAM::Role': 1, 'AWS::KMS::Key': 1,
      'AWS::Lambda::Function': 1, 'AWS::Lambda::Permission': 3, 'AWS::Logs::LogGroup': 2, 'AWS::Logs::MetricFilter': 2,
    });
  });

  it('a key encrypts their secrets, which is changed every year and stays when the stack goes, unless its owner says otherwise', () => {
    keyed.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', Properties: { EnableKeyRotation: true } });
    templateOf((scope) => new MessageStorage(scope, 'Storage', { accessKeys: true, removalPolicy: RemovalPolicy.DESTROY }))
      .hasResource('AWS::KMS::Key', { DeletionPolicy: 'Delete' });
  });

  it('the function behind IAM may encrypt, the other one decrypt, for the id of an access key only; nobody else anything', () => {
    const Condition = {
      StringLike: { 'kms:EncryptionContext:accessKeyId': 'AKID*' },
      'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['accessKeyId'] },
    };
    const Resource = { 'Fn::GetAtt': [expect.stringMatching(/^QueuesStorageSecretsKey/), 'Arn'] };
    expect(grantsOnKeys(keyed)).toEqual([
      ['QueuesApi', { Action: 'kms:Encrypt', Effect: 'Allow', Resource, Condition }],
      ['QueuesKeyedApi', { Action: 'kms:Decrypt', Effect: 'Allow', Resource, Condition }],
    ]);
  });

  it('the second address takes everything in, the root and the path of CMQ as well', () => {
    const routes = Object.values(keyed.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
    expect(routes.map(({ RouteKey, AuthorizationType }) => `${RouteKey} ${AuthorizationType}`).toSorted()).toEqual([
      'ANY / NONE', 'ANY /v2/index.php NONE', 'ANY /{proxy+} AWS_IAM', 'ANY /{proxy+} NONE', 'GET /v1/health NONE',
    ]);
  });

  it('its function alone is told to take signed requests only, and does what the other one does besides', () => {
    expect(functionOf('RewindMQ: the HTTP API for access keys')).toMatchObject({ Timeout: 29, MemorySize: 512, Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    expect(variablesOf('RewindMQ: the HTTP API for access keys')).toEqual({ ...variablesOf('RewindMQ: the HTTP API'), REWINDMQ_CALLERS: 'accessKeys' });
    keyed.resourcePropertiesCountIs(lambda, { Environment: { Variables: Match.objectLike({ REWINDMQ_CALLERS: 'iam' }) } }, 1);
    keyed.resourcePropertiesCountIs(lambda, { Environment: { Variables: Match.objectLike({ REWINDMQ_SECRET_KEY: Match.anyValue() }) } }, 2);
  });

  it('nothing but API Gateway may call its function: there is no other address of it', () => {
    keyed.resourceCountIs('AWS::Lambda::Url', 0);
    keyed.allResourcesProperties('AWS::Lambda::Permission', { Principal: Match.stringLikeRegexp('apigateway|events') });
  });

  it('logs of both addresses say the path, and never the query, which has the signature of a CMQ request', () => {
    keyed.resourcePropertiesCountIs('AWS::ApiGatewayV2::Stage', {
      AccessLogSettings: { Format: Match.stringLikeRegexp('"\\$context\\.httpMethod \\$context\\.path \\$context\\.protocol" \\$context\\.status') },
    }, 2);
    const formats = Object.values(keyed.findResources('AWS::ApiGatewayV2::Stage')).map(({ Properties }) => Properties.AccessLogSettings.Format);
    expect(formats.join()).not.toMatch(/query|header|body/i);
  });

  it.each([
    ['5xx answers', { MetricName: '5xx', Namespace: 'AWS/ApiGateway', Threshold: 5 }],
    ['errors of its function', { MetricName: 'Errors', Namespace: 'AWS/Lambda', Threshold: 1 }],
    ['throttled executions', { MetricName: 'Throttles', Namespace: 'AWS/Lambda', Threshold: 1 }],
    ['faults that CMQ answers with 200', { MetricName: 'KeyedFaults', Namespace: 'RewindMQ/RewindMQ', Threshold: 5 }],
  ])('an alarm is raised for %s, and none while nobody calls', (_what, properties) => {
    const found = keyed.findResources('AWS::CloudWatch::Alarm', { Properties: { ...properties, Statistic: 'Sum', Period: 300, TreatMissingData: 'notBreaching' } });
    expect(Object.keys(found)).toEqual(expect.arrayContaining([expect.stringMatching(/^QueuesAlarmsKeyed/)]));
  });

  it('faults and unreadable objects are counted from its log', () => {
    const filters = Object.values(keyed.findResources('AWS::Logs::MetricFilter', { Properties: { LogGroupName: { Ref: Match.stringLikeRegexp('KeyedApi') } } }));
    expect(new Set(filters.map(({ Properties }) => Properties.FilterPattern))).toEqual(new Set([
      '{ $.fault.name = "ObjectUnreadable" }', '{ ($.event = "fault") || ($.event = "noDependencies") }',
    ]));
  });

  it('a storage that was made without them is refused, before anything is deployed', () => {
    expect(() => templateOf((scope) => new RewindMq(scope, 'Queues', { accessKeys: true, storage: new MessageStorage(scope, 'Storage') }))).toThrow(/make it with accessKeys as well/);
  });
});
