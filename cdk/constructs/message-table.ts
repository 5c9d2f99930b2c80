import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface MessageTableProps {
  /** @default - CloudFormation chooses a name */
  readonly tableName?: string;
  /** @default RETAIN - deleting a stack must never delete messages */
  readonly removalPolicy?: RemovalPolicy;
}

/** Where messages live. What the keys hold is described in lib/storage. */
export class MessageTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: MessageTableProps = {}) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      ...(props.tableName === undefined ? {} : { tableName: props.tableName }),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // Nobody calling costs nothing, and a burst needs no capacity planned for it.
      billing: Billing.onDemand(),
      // Expired history goes for free; whether a message is visible is never left to TTL.
      timeToLiveAttribute: 'ttl',
      // Tells the waker of pushes what is published. Its filter reads an attribute, so keys alone would not do; that
      // the bodies come too costs nothing. Another view is another stream, with another name that the API's stack uses.
      dynamoStream: StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  /** What the queue needs and no more: it can neither scan nor change the table. */
  grantDataPlane(grantee: IGrantable): void {
    this.table.grant(grantee,
      'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
  }

  /** What tells runners of pushes that something was published: the stream, who is pushed to, and a note for who runs already. */
  grantWaking(grantee: IGrantable): void {
    this.table.grant(grantee, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem');
    this.table.grantStreamRead(grantee);
  }

  get streamArn(): string {
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new Error('the table has no stream');
    return tableStreamArn;
  }
}
