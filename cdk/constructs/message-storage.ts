import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { ArchiveBucket } from './archive-bucket.ts';
import { MessageTable } from './message-table.ts';

export interface MessageStorageProps {
  /** @default - CloudFormation chooses a name */
  readonly tableName?: string;
  /** @default - CloudFormation chooses a name */
  readonly bucketName?: string;
  /** @default RETAIN - deleting a stack must never delete messages */
  readonly removalPolicy?: RemovalPolicy;
}

/** Everything that remembers: the table, and the bucket for what is too large for it. */
export class MessageStorage extends Construct {
  readonly messages: MessageTable;
  readonly archive: ArchiveBucket;

  constructor(scope: Construct, id: string, props: MessageStorageProps = {}) {
    super(scope, id);
    const { tableName, bucketName, ...shared } = props;
    this.messages = new MessageTable(this, 'Messages', tableName === undefined ? shared : { ...shared, tableName });
    this.archive = new ArchiveBucket(this, 'Archive', bucketName === undefined ? shared : { ...shared, bucketName });
  }

  /** What a function needs to know to find it. */
  get environment(): Readonly<Record<string, string>> {
    return {
      [environmentNames.table]: this.messages.table.tableName,
      [environmentNames.bucket]: this.archive.bucket.bucketName,
    };
  }

  grantDataPlane(role: IRole): void {
    this.messages.grantDataPlane(role);
    this.archive.grantDataPlane(role);
  }
}
