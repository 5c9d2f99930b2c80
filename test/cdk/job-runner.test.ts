import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { RewindMq, type RewindMqProps } from '../../cdk/constructs/rewindmq.ts';
import { grantsIn, templateOf } from './synthesized.ts';

const rewindMq = (props: RewindMqProps = {}): Template => templateOf((scope) => new RewindMq(scope, 'Queues', props));
const onFunctions = (template: Template) => grantsIn(template).filter(({ action }) => action === 'lambda:InvokeFunction').map(({ resource }) => resource);
const told = (variables: object) => ({ Environment: { Variables: Match.objectLike(variables) } });

const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:bill';

describe('starts at a later time', () => {
  const template = rewindMq();

  it('are schedules of one group, which goes with the runner', () => {
    template.hasResource('AWS::Scheduler::ScheduleGroup', { DeletionPolicy: 'Delete' });
    template.resourcePropertiesCountIs('AWS::Lambda::Function', told({ REWINDMQ_SCHEDULE_GROUP: Match.anyValue(), REWINDMQ_SCHEDULE_ROLE: Match.anyValue() }), 1);
  });

  it('are made and replaced by the runner in that group alone', () => {
    const grants = grantsIn(template).filter(({ action }) => action.startsWith('scheduler:'));
    expect(grants.map(({ action }) => action)).toEqual(['scheduler:CreateSchedule', 'scheduler:UpdateSchedule']);
    expect(grants[0]?.resource).toMatch(/:schedule\/[\w-]+\/\*/);
  });

  it('come as a role that only schedules of the group can take, and that can do nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [Match.objectLike({
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' }, 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('Schedules'), 'Arn'] } } },
      })] },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({
        Action: 'iam:PassRole', Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      })]) },
    });
  });
});

describe('pushes to functions', () => {
  it('reach none by themselves: a grant on the runner is all there is', () => {
    expect(new Set(onFunctions(rewindMq()))).toEqual(new Set([expect.stringMatching(/^\{"Fn::GetAtt":\["QueuesJobsRunner/)]));
  });

  it('reach exactly those that are named, a version or an alias as well', () => {
    const granted = onFunctions(rewindMq({ pushFunctions: [arn, `${arn}:live`] })).filter((resource) => resource.includes('bill'));
    expect(granted).toEqual([JSON.stringify([arn, `${arn}:live`])]);
  });

  it.each(['bill', '*', `${arn}*`, 'arn:aws:lambda:eu-central-1:123456789012:function:*', 'arn:aws:sqs:eu-central-1:123456789012:bill'])('take no name of many, or of something else: %s', (wrong) => {
    expect(() => rewindMq({ pushFunctions: [wrong] })).toThrow(`pushFunctions: ${wrong} is not the ARN of one function`);
  });
});

describe('addresses that are not public', () => {
  it('are refused by the API and the runner, unless the deployment allows them', () => {
    const allowed = told({ REWINDMQ_PRIVATE_ENDPOINTS: 'allowed' });
    rewindMq().resourcePropertiesCountIs('AWS::Lambda::Function', told({ REWINDMQ_PRIVATE_ENDPOINTS: Match.anyValue() }), 0);
    rewindMq({ allowPrivateEndpoints: true }).resourcePropertiesCountIs('AWS::Lambda::Function', allowed, 2);
  });
});
