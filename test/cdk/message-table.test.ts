import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { MessageTable } from '../../cdk/constructs/message-table.ts';
import { grantsIn, templateOf } from './synthesized.ts';

const globalTable = 'AWS::DynamoDB::GlobalTable';

describe('the message table', () => {
  it('stays when the stack goes, unless its owner says otherwise', () => {
    templateOf((scope) => new MessageTable(scope, 'Messages'))
      .hasResource(globalTable, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    templateOf((scope) => new MessageTable(scope, 'Messages', { removalPolicy: RemovalPolicy.DESTROY }))
      .hasResource(globalTable, { DeletionPolicy: 'Delete' });
  });

  it('is paid by request and can be restored to any second of the last weeks', () => {
    templateOf((scope) => new MessageTable(scope, 'Messages')).hasResourceProperties(globalTable, {
      BillingMode: 'PAY_PER_REQUEST',
      Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    });
  });

  it('has the keys and the expiry attribute that the storage writes, and no index', () => {
    const template = templateOf((scope) => new MessageTable(scope, 'Messages', { tableName: 'messages' }));
    template.hasResourceProperties(globalTable, {
      TableName: 'messages',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    expect(JSON.stringify(template.toJSON())).not.toContain('GlobalSecondaryIndexes');
  });

  it('tells a stream what every write leaves, bodies included: the filter of its reader needs an attribute', () => {
    templateOf((scope) => new MessageTable(scope, 'Messages')).hasResourceProperties(globalTable, { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } });
  });

  it('grants five single-item and range operations on itself, and never a scan', () => {
    const template = templateOf((scope) => {
      const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      new MessageTable(scope, 'Messages').grantDataPlane(role);
    });
    const grants = grantsIn(template);
    expect(grants.map(({ action }) => action).toSorted()).toEqual([
      'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem',
    ]);
    expect(new Set(grants.map(({ resource }) => resource)).size).toBe(1);
    expect(grants[0]?.resource).toMatch(/^\{"Fn::GetAtt":\["Messages\w+","Arn"\]\}$/);
  });
});
