import { Match } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { RewindMq } from '../../cdk/constructs/rewindmq.ts';
import { grantsIn, templateOf } from './synthesized.ts';

const lambda = 'AWS::Lambda::Function';
const alarm = 'AWS::CloudWatch::Alarm';

describe("a RewindMQ in an app of one's own", () => {
  const template = templateOf((scope) => new RewindMq(scope, 'Queues'));

  it('needs nothing said: it brings its own table and bucket', () => {
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
    template.resourceCountIs('AWS::S3::Bucket', 1);
  });

  it('runs five functions on Node 24 and arm64, each with a role of its own', () => {
    template.resourcePropertiesCountIs(lambda, { Runtime: 'nodejs24.x', Architectures: ['arm64'], MemorySize: 512 }, 5);
    template.resourceCountIs(lambda, 5);
    // One more is for the schedules.
    template.resourceCountIs('AWS::IAM::Role', 6);
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  it('tells its functions where table, bucket and job runner are', () => {
    template.resourcePropertiesCountIs(lambda, {
      Environment: { Variables: Match.objectLike({ REWINDMQ_TABLE: Match.anyValue(), REWINDMQ_BUCKET: Match.anyValue() }) },
    }, 5);
    template.resourcePropertiesCountIs(lambda, {
      Environment: { Variables: Match.objectLike({ REWINDMQ_JOB_FUNCTION: Match.anyValue() }) },
    }, 3);
  });

  it('asks every caller for an IAM signature, but for the health check', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
    expect(routes.map(({ RouteKey, AuthorizationType }) => `${RouteKey} ${AuthorizationType}`).toSorted()).toEqual([
      'ANY /{proxy+} AWS_IAM', 'GET /v1/health NONE',
    ]);
  });

  it('answers before API Gateway gives up after 30 seconds', () => {
    template.hasResourceProperties(lambda, { Description: 'RewindMQ: the HTTP API', Timeout: 29 });
  });

  it('keeps every log for a month and then lets it go', () => {
    template.resourceCountIs('AWS::Logs::LogGroup', 6);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  it('gives its functions no right on everything: no wildcard but the keys of objects and the names of schedules', () => {
    const wide = grantsIn(template).filter(({ action, resource }) =>
      action.includes('*') || resource === '"*"' || /\*(?<!\/(?:segments|archive|[\w-]+Schedules[\w-]+)\/\*)/.test(resource));
    expect(wide).toEqual([]);
    expect(grantsIn(template).map(({ action }) => action)).not.toContain('dynamodb:Scan');
  });

  it('lets a job go on by itself for longer than Lambda would tolerate of a loop', () => {
    template.hasResourceProperties(lambda, {
      Description: Match.stringLikeRegexp('dead letters'), Timeout: 900, RecursiveLoop: 'Allow',
    });
    template.resourcePropertiesCountIs(lambda, { RecursiveLoop: 'Allow' }, 1);
  });

  it('reports every minute, and a late report is dropped', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [Match.objectLike({ RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 } })],
    });
    template.hasResourceProperties(lambda, {
      Environment: {
        Variables: Match.objectLike({ POWERTOOLS_METRICS_NAMESPACE: 'RewindMQ', POWERTOOLS_SERVICE_NAME: 'RewindMQ' }),
      },
    });
  });

  it('archives every hour, and what a turn could not do is for the next', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [Match.objectLike({ RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 0 } })],
    });
    template.hasResourceProperties(lambda, { Description: Match.stringLikeRegexp('archive'), Timeout: 900 });
  });

  it('raises an alarm when the archiver is a day behind', () => {
    template.hasResourceProperties(alarm, {
      MetricName: 'ArchiveLag', Namespace: 'RewindMQ', Dimensions: [{ Name: 'service', Value: 'RewindMQ' }],
      Statistic: 'Maximum', Period: 3600, Threshold: 86_400, TreatMissingData: 'notBreaching',
    });
  });

  it('counts objects that cannot be read from the logs of all that read them', () => {
    template.resourcePropertiesCountIs('AWS::Logs::MetricFilter', {
      FilterPattern: '{ $.fault.name = "ObjectUnreadable" }',
      MetricTransformations: [Match.objectLike({ MetricNamespace: 'RewindMQ/RewindMQ', MetricName: 'UnreadableObjects' })],
    }, 3);
  });

  it('lets the reporter count without seeing a body in the bucket', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('QueuesReporter'));
    expect(policies).toHaveLength(1);
    expect(JSON.stringify(policies)).not.toContain('s3:');
  });

  it('needs no reporter', () => {
    const quiet = templateOf((scope) => new RewindMq(scope, 'Queues', { reporter: false }));
    quiet.resourceCountIs('AWS::Events::Rule', 1);
    quiet.resourceCountIs(lambda, 4);
    quiet.resourceCountIs(alarm, 11);
  });

  it.each([
    ['5xx answers', { MetricName: '5xx', Namespace: 'AWS/ApiGateway', Threshold: 5 }],
    ['errors of the API function', { MetricName: 'Errors', AlarmDescription: Match.stringLikeRegexp('API function') }],
    ['throttled executions', { MetricName: 'Throttles', Namespace: 'AWS/Lambda' }],
    ['throttled reads', { MetricName: 'ReadThrottleEvents', Namespace: 'AWS/DynamoDB' }],
    ['throttled writes', { MetricName: 'WriteThrottleEvents', Namespace: 'AWS/DynamoDB' }],
    ['a failed push, redrive or replay', { MetricName: 'Errors', AlarmDescription: Match.stringLikeRegexp('redrive, a replay or a look') }],
    ['pushes that cannot be started', { MetricName: 'Errors', AlarmDescription: Match.stringLikeRegexp('cannot be started') }],
    ['a failed archiver', { MetricName: 'Errors', AlarmDescription: Match.stringLikeRegexp('archiver fails') }],
    ['a missing or damaged object', { MetricName: 'UnreadableObjects', Threshold: 1 }],
    ['missing queue metrics', { MetricName: 'Errors', AlarmDescription: Match.stringLikeRegexp('queue metrics') }],
  ])('raises an alarm for %s, and none while nobody calls', (_what, properties) => {
    template.hasResourceProperties(alarm, { ...properties, Statistic: 'Sum', Period: 300, TreatMissingData: 'notBreaching' });
  });

  it('raises an alarm when pushes start a minute late', () => {
    template.hasResourceProperties(alarm, {
      MetricName: 'IteratorAge', Namespace: 'AWS/Lambda', Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('Pushes') } }],
      Statistic: 'Maximum', Period: 300, Threshold: 60_000, TreatMissingData: 'notBreaching',
    });
  });

  it('tells the topic it is given', () => {
    const told = templateOf((scope) => new RewindMq(scope, 'Queues', { alarmTopic: new Topic(scope, 'Topic') }));
    told.allResourcesProperties(alarm, { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }] });
  });
});

describe('grantInvoke', () => {
  it('lets a role call this API and no other', () => {
    const template = templateOf((scope) => {
      const role = new Role(scope, 'Caller', { assumedBy: new AccountRootPrincipal() });
      new RewindMq(scope, 'Queues').grantInvoke(role);
    });
    const grant = grantsIn(template).find(({ action }) => action === 'execute-api:Invoke');
    expect(grant?.resource).toMatch(/execute-api.*"Ref":"QueuesApiHttp/);
  });
});
